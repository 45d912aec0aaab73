import barlowTwins from "./barlow-twins.js";
import { withWholeImages } from "./whole-images.js";

export default withWholeImages(barlowTwins);
