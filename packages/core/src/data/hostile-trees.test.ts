import { it } from "vitest";

import { holdFoldersToModel } from "./hostile-folders.test.data.ts";

it("200 random folders are read as the model says, to the last file", () => holdFoldersToModel(200));
