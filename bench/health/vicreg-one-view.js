import vicreg from "./vicreg.js";
import { withWholeImages } from "./whole-images.js";

export default withWholeImages(vicreg);
