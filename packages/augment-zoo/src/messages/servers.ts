// The sentences of errors LOADER on servers, and of the headers that they are sent.

import { withoutSecrets } from "../address.ts";
import { EndsEarly, LoaderError } from "../errors.ts";

export function fileEndsEarly(address: string, first: number): EndsEarly {
  const shown = withoutSecrets(address);
  return new EndsEarly(`${shown} ends before byte ${first}.`, { data: { address: shown, first } });
}

export function serverUnreadable(address: string, reason: string, cause: unknown): LoaderError {
  const shown = { address: withoutSecrets(address), reason: withoutSecrets(reason) };
  return new LoaderError(`${shown.address} cannot be read: ${shown.reason}.`, { cause, data: shown });
}

/** @param where in the variable: "line 2", `"example.org"`. */
export const wrongHeaders = (where: string): LoaderError =>
  new LoaderError(
    `TSSL_HTTP_HEADERS: ${where} is wrong. Each line must be "Name: value" or "example.org Name: value"; ` +
      'in JSON: {"example.org": {"Name": "value"}}.',
    { data: { where } },
  );

/** A header that HTTP cannot carry. */
export const wrongHeader = (variable: string, name: string): LoaderError =>
  new LoaderError(
    `${variable}: the header "${name}" cannot be sent: its name or its value has characters ` +
      "that HTTP does not allow.",
    { data: { variable, name } },
  );
