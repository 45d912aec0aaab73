import { expect, it } from "vitest";

import { LoaderError } from "./errors.ts";
import { headersFor } from "./http-headers.ts";

const token = { Authorization: "Bearer s3cret" };

it.each<[given: string, address: string, headers: Record<string, string>]>([
  ["Authorization: Bearer s3cret", "http://a.org/x.tar", token],
  ["a.org Authorization: Bearer s3cret", "http://a.org/x.tar", token],
  ["A.org Authorization: Bearer s3cret", "http://a.org:8080/x.tar", token],
  ["a.org:8080 Authorization: Bearer s3cret", "http://a.org:8080/x.tar", token],
  ["a.org:8080 Authorization: Bearer s3cret", "http://a.org/x.tar", {}],
  ["a.org Authorization: Bearer s3cret", "http://b.a.org/x.tar", {}],
  ["a.org Authorization: Bearer s3cret\n\nb.org X-Key: 1\r\nX-All: a: b", "http://b.org/", { "X-Key": "1", "X-All": "a: b" }], // prettier-ignore
  ['{"a.org": {"Authorization": "Bearer s3cret"}}', "http://a.org/x.tar", token],
  ['{"a.org": {"Authorization": "Bearer s3cret"}}', "http://b.org/x.tar", {}],
  ['{"Authorization": "Bearer s3cret"}', "http://b.org/x.tar", token],
  ["", "http://b.org/x.tar", {}],
])("of %j, %s gets its own", (given, address, headers) => {
  expect(headersFor(address, { TSSL_HTTP_HEADERS: given })).toEqual(headers);
});

it("gives HF_TOKEN to Hugging Face alone, and only encrypted", () => {
  const environment = { HF_TOKEN: "s3cret" };
  expect(headersFor("https://huggingface.co/datasets/a/b/resolve/main/x.tar", environment)).toEqual(token);
  for (const other of [
    "http://huggingface.co/",
    "https://huggingface.co.evil.org/",
    "https://cdn-lfs.hf.co/",
  ]) {
    expect(headersFor(other, environment)).toEqual({});
  }
});

it.each([
  [{ TSSL_HTTP_HEADERS: "a.org X-Key: 1\nBearer s3cret" }, { where: "line 2" }],
  [{ TSSL_HTTP_HEADERS: '{"a.org": "s3cret' }, { where: "its JSON" }],
  [{ TSSL_HTTP_HEADERS: '{"a.org": "Bearer s3cret"}' }, { where: '"a.org"' }],
  [{ TSSL_HTTP_HEADERS: '{"a.org": {"X": ["s3cret"]}}' }, { where: '"a.org"' }],
  [{ TSSL_HTTP_HEADERS: '{"a.org": {"X": "s3cret\\n"}, "b": {"Y": "s3cret\\u0007☂"}}' }, { variable: "TSSL_HTTP_HEADERS", name: "Y" }], // prettier-ignore
  [{ HF_TOKEN: "s3cret☂" }, { variable: "HF_TOKEN", name: "Authorization" }],
])("refuses %j without the secret", (environment, data) => {
  let refused: unknown;
  try {
    headersFor("https://huggingface.co/", environment);
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(LoaderError);
  expect(refused).toMatchObject({ data });
  expect(`${(refused as Error).stack!}${JSON.stringify(refused)}`).not.toContain("s3cret");
});
