import { moco } from "@tssl/plugin-moco";

import { withWholeImages } from "./whole-images.js";

export default withWholeImages(moco);
