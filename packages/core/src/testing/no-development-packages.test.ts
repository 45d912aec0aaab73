import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

const kit = new URL("../../dist/testing/index.js", import.meta.url).href;
const golden = new URL("../../../plugin-moco/dist/golden.js", import.meta.url).href;

/** Loads modules where no package for tests alone can be had, as in the installed program. */
const PROGRAM = `
import { register } from "node:module";
const resolve = \`export async function resolve(name, context, next) {
  if (["vitest", "fast-check"].includes(name)) throw new Error(name + " is loaded by " + context.parentURL);
  return next(name, context);
}\`;
register("data:text/javascript," + encodeURIComponent(resolve));
await import("${kit}");
await import("${golden}");
process.exit(0);
`;

it("the kit, and steps to compare with, load without packages for tests alone", () => {
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", PROGRAM], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    encoding: "utf8",
  });
  expect(/Error: .*/.exec(stderr)?.[0]).toBeUndefined();
  expect(status).toBe(0);
});
