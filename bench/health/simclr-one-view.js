import { simclr } from "@tssl/plugin-simclr";

import { withWholeImages } from "./whole-images.js";

export default withWholeImages(simclr);
