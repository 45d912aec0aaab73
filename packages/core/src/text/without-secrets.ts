import { withoutSecrets } from "@tssl/augment-zoo";

/**
 * A copy of plain data in which addresses hold no secrets: for whatever is written to a file or printed.
 *
 * @example
 * ```ts
 * withoutSecretsIn({ data: { train: "https://example.org/a.tar?token=s3cret" } });
 * // => { data: { train: "https://example.org/a.tar?token=…" } }
 * ```
 */
export function withoutSecretsIn<Data>(data: Data): Data {
  if (typeof data === "string") return withoutSecrets(data) as Data;
  if (Array.isArray(data)) return data.map((item: unknown) => withoutSecretsIn(item)) as Data;
  if (typeof data !== "object" || data === null || Object.getPrototypeOf(data) !== Object.prototype)
    return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, withoutSecretsIn(value)]),
  ) as Data;
}
