import { byol } from "@tssl/plugin-byol";

import { withWholeImages } from "./whole-images.js";

export default withWholeImages(byol);
