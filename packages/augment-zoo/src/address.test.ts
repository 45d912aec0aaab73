import { expect, it } from "vitest";

import { hasPassword, isAddress, isWithoutSecrets, schemeOf, withoutSecrets } from "./address.ts";

it.each([
  ["https://h/a.tar", "https://h/a.tar"],
  ["https://h/a-{000..007}.tar?token=s3cret", "https://h/a-{000..007}.tar?token=…"],
  ["https://h/a.tar?download=true&x=s3cret&dl=1", "https://h/a.tar?download=true&x=…&dl=1"],
  ["https://h/a.tar?s3cret", "https://h/a.tar?…"],
  ["https://h/a.tar?sig=a=s3cret==", "https://h/a.tar?sig=…"],
  ["http://user:s3cret@h:80/a.tar", "http://…@h:80/a.tar"],
  ["HTTPS://s3cret@h/a.tar?q=s3cret#part", "HTTPS://…@h/a.tar?q=…"],
  [
    "tssl train c.yaml --set 'data.train=https://h/a.tar?t=s3cret' --set data.test=https://s3cret@h/b.tar",
    "tssl train c.yaml --set 'data.train=https://h/a.tar?t=…' --set data.test=https://…@h/b.tar",
  ],
  ["https://h/a.tar?t=s3cret cannot be read.", "https://h/a.tar?t=… cannot be read."],
  ["see https://h/a.tar?t=s3cret.", "see https://h/a.tar?t=…."],
  ["s3://key:s3cret@bucket/a.tar?sig=s3cret", "s3://…@bucket/a.tar?sig=…"],
  ["https://user:s3c/re?t#@h/a.tar", "https://…@h/a.tar"], // "/", "?" and "#" are to be escaped
  ["https://h:8080/a@b.tar and http://h:/a@b.tar", "https://h:8080/a@b.tar and http://h:/a@b.tar"],
  ["/home/me/https:/user:s3cret@h/a.tar?t=s3cret", "/home/me/https:/…@h/a.tar?t=…"],
  ["http://[::1]:80/a@b.tar", "http://[::1]:80/a@b.tar"],
  ["/data/what?=s3cret/a.tar", "/data/what?=s3cret/a.tar"], // a path, not an address
])("hides the secrets of %s", (text, shown) => {
  expect(withoutSecrets(text)).toBe(shown);
  expect(withoutSecrets(shown)).toBe(shown);
});

it("knows an address whose secrets were replaced", () => {
  expect(isWithoutSecrets("https://h/a.tar?token=…")).toBe(true);
  expect(isWithoutSecrets("https://h/a.tar?token=s3cret")).toBe(false);
  expect(isWithoutSecrets("https://h/a.tar?download=true")).toBe(false);
  expect(isWithoutSecrets("photos…/a.tar")).toBe(false);
});

it("tells addresses from paths", () => {
  expect(["http://h/a", "HTTPS://h/a", "s3://b/a", "a.tar", "/a.tar"].map(isAddress)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(["hf://a/b", "S3://b/a", "pipe:cat a.tar", "https://h", "a.tar", "C:\\a.tar"].map(schemeOf)).toEqual(
    ["hf", "s3", "pipe", "https", undefined, undefined],
  );
  expect(["http://u:p@h/a", "https://t@h/a", "https://u:p/w@h/a.tar"].map(hasPassword)).toEqual([
    true,
    true,
    true,
  ]);
  expect(["https://h/a@b.tar", "https://h:80/a@b.tar", "a@b"].map(hasPassword)).toEqual([
    false,
    false,
    false,
  ]);
});
