import { definePlugin } from "@tssl/core";
import { simclr } from "@tssl/plugin-simclr";

/** SimCLR whose two views of an image are the image itself, so that there is nothing to learn. */
export default definePlugin({
  ...simclr,
  views(options, facts) {
    const size = facts.imageSize;
    const views = simclr.views(options, facts);
    const whole = {
      recipe: [
        { op: "resize", size },
        { op: "centerCrop", size },
      ],
    };
    return Object.fromEntries(Object.keys(views).map((name) => [name, whole]));
  },
});
