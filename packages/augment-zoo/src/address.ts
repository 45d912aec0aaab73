/** Whether a path is an HTTP address. */
export const isAddress = (path: string): boolean => /^https?:\/\//i.test(path);

/**
 * The scheme of an address of any kind; undefined for a path.
 *
 * @example
 * ```ts
 * schemeOf("s3://bucket/train.tar"); // => "s3"
 * ```
 */
export const schemeOf = (path: string): string | undefined =>
  (/^([a-z][a-z\d+.-]*):\/\//i.exec(path) ?? /^(pipe):/.exec(path))?.[1]?.toLowerCase();

/** Stands in the place of a secret. */
const HIDDEN = "…";

/** Values of a query that no secret has: `download=true` and `dl=1` stay as they are. */
const HARMLESS = /^(?:true|false|[01]?)$/;

/**
 * User name and password in an address, up to "@". A password may hold "/", "?" or "#" that should have been
 * escaped: what follows ":" is then no port.
 */
const USER = String.raw`[^\s"'\u0060<>/?#]*@|[^\s"'\u0060<>/?#@:[\]]+:(?!\d*(?:[/?#\s]|$))[^\s"'\u0060<>]*@`;

/** User name and password, and the query, of each address in a text, also of one that lacks a slash. */
const SECRET_PARTS = new RegExp(
  String.raw`(?<![a-z\d+.-])([a-z][a-z\d+.-]{0,30}://|https?:/)(${USER})?([^\s"'\u0060<>?]*)(\?[^\s"'\u0060<>]*)?`,
  "gi",
);

/**
 * A text whose addresses hold no secrets: passwords and the values of queries are replaced by "…". It is
 * for everything that is printed or kept in a file.
 *
 * @example
 * ```ts
 * withoutSecrets("https://example.org/a.tar?token=s3cret&download=true");
 * // => "https://example.org/a.tar?token=…&download=true"
 * ```
 */
export const withoutSecrets = (text: string): string =>
  text.replace(SECRET_PARTS, (_, scheme: string, user: string | undefined, path: string, query = "") => {
    const [, values, punctuation] = /^(.*?)([.,;:)\]]*)$/s.exec(query as string)!;
    return `${scheme}${user === undefined ? "" : `${HIDDEN}@`}${path}${withoutValues(values!)}${punctuation!}`;
  });

/** "?token=…&download=true" */
function withoutValues(query: string): string {
  if (query === "") return "";
  const parts = query.slice(1).split("&");
  const shown = parts.map((part) => {
    const [name, ...rest] = part.split("=");
    if (rest.length === 0) return part === "" ? "" : HIDDEN;
    const value = rest.join("=");
    return HARMLESS.test(value) ? part : `${name!}=${HIDDEN}`;
  });
  return `?${shown.join("&")}`;
}

/** Whether secrets of an address were replaced, so that it leads nowhere. */
export const isWithoutSecrets = (address: string): boolean =>
  isAddress(address) && address.includes(HIDDEN) && withoutSecrets(address) === address;

const PASSWORD = new RegExp(`^https?://(?:${USER})`, "i");

/** Whether an address holds a user name or a password. */
export const hasPassword = (address: string): boolean => PASSWORD.test(address);
