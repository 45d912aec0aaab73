import { it } from "vitest";

import { holdFoldersToModel } from "./hostile-folders.test.data.ts";

it(
  "2,000 random folders are read as the model says, to the last file",
  () => holdFoldersToModel(2000),
  600_000,
);
