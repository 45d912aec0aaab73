import { wrongHeader, wrongHeaders } from "./messages/servers.ts";

/** A header that the user gives for the servers of one host, or of all addresses. */
interface GivenHeader {
  /** "example.org" or "example.org:8080"; absent for all addresses that a config names. */
  readonly host?: string;
  readonly name: string;
  readonly value: string;
}

const HEADER_LINE = /^(?:([^\s:]+(?::\d+)?)\s+)?([\w!#$%&'*+.^`|~-]+):\s*(\S.*)$/;

/**
 * The headers that the environment gives for an address: those of TSSL_HTTP_HEADERS for its host, and
 * HF_TOKEN for https://huggingface.co. They belong to the server that the address names, and to no server
 * that it redirects to.
 *
 * TSSL_HTTP_HEADERS is JSON, `{"example.org": {"Authorization": "Bearer …"}}`, or lines,
 * `example.org Authorization: Bearer …`. Without a host a header goes to the server of every address.
 *
 * @throws {LoaderError} if TSSL_HTTP_HEADERS has another form; the message holds no value.
 *
 * @example
 * ```ts
 * const environment = { TSSL_HTTP_HEADERS: "example.org Authorization: Bearer s3cret" };
 * headersFor("https://example.org/a.tar", environment); // => { Authorization: "Bearer s3cret" }
 * headersFor("https://example.com/a.tar", environment); // => {}
 * ```
 */
export function headersFor(
  address: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const { origin, host, hostname } = new URL(address);
  const headers: Record<string, string> = {};
  const token = environment["HF_TOKEN"]?.trim();
  if (token !== undefined && token !== "" && origin === "https://huggingface.co") {
    headers["Authorization"] = checked({ name: "Authorization", value: `Bearer ${token}` }, "HF_TOKEN").value;
  }
  for (const given of givenHeaders(environment["TSSL_HTTP_HEADERS"] ?? "")) {
    const meant = given.host?.toLowerCase();
    if (meant === undefined || meant === host || meant === hostname) headers[given.name] = given.value;
  }
  return headers;
}

function givenHeaders(text: string): readonly GivenHeader[] {
  const given = text.trim().startsWith("{") ? fromJson(text) : fromLines(text);
  return given.map((header) => checked(header, "TSSL_HTTP_HEADERS"));
}

function fromLines(text: string): readonly GivenHeader[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    const [, host, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw wrongHeaders(`line ${i + 1}`);
    return [{ ...(host === undefined ? {} : { host }), name, value }];
  });
}

function fromJson(text: string): readonly GivenHeader[] {
  const content = parsed(text);
  return Object.entries(content).flatMap(([key, value]): readonly GivenHeader[] => {
    if (typeof value === "string" && !/[.:]/.test(key)) return [{ name: key, value }]; // else it is a host
    if (typeof value !== "object" || value === null) throw wrongHeaders(`"${key}"`);
    return Object.entries(value as Record<string, unknown>).map(([name, each]) => {
      if (typeof each !== "string") throw wrongHeaders(`"${key}"`);
      return { host: key, name, value: each };
    });
  });
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw wrongHeaders("its JSON"); // JSON's own message would show a part of the text
  }
}

/** A header that can be sent; what Node says of others would show the value. */
function checked(header: GivenHeader, variable: string): GivenHeader {
  try {
    new Headers([[header.name, header.value]]);
    return header;
  } catch {
    throw wrongHeader(variable, header.name);
  }
}
