import { expect, it } from "vitest";

import { npmFolder, typedCommand } from "./npm-folder.ts";

const npm = {
  INIT_CWD: "/lab/examples",
  npm_package_json: "/lab/package.json",
  npm_lifecycle_script: "node packages/cli/dist/main.js",
};
const PROGRAM = "/lab/packages/cli/dist/main.js";

it.each([
  ["a script that is the program", npm, PROGRAM, "/lab", "/lab/examples"],
  ["a script that names it", { ...npm, npm_lifecycle_script: "tssl train" }, "/lab/node_modules/tssl/dist/main.js", "/lab", "/lab/examples"], // prettier-ignore
  ["a script of another program, which starts this one", { ...npm, npm_lifecycle_script: "vitest" }, PROGRAM, "/lab", undefined], // prettier-ignore
  ["another folder than the package's", npm, PROGRAM, "/tmp/run", undefined],
  ["no npm", {}, PROGRAM, "/lab", undefined],
])("%s", (_case, environment, program, folder, found) => {
  expect(npmFolder(environment, program, folder)).toBe(found);
});

it.each([
  ["npm run tssl --", { ...npm, npm_lifecycle_event: "tssl" }],
  ["npx tssl", { npm_lifecycle_event: "npx", npm_lifecycle_script: "tssl" }],
  ["tssl", { npm_lifecycle_event: "npx", npm_lifecycle_script: "vitest" }],
  ["tssl", {}],
])("is called as %s", (called, environment) => {
  expect(typedCommand(environment, PROGRAM, "/lab")).toBe(called);
});
