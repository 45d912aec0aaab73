import { definePlugin } from "@tssl/core";

/** A method whose views of an image are all the image itself, so that there is nothing to learn. */
export const withWholeImages = (method) =>
  definePlugin({
    ...method,
    views(options, facts) {
      const size = facts.imageSize;
      const whole = {
        recipe: [
          { op: "resize", size },
          { op: "centerCrop", size },
        ],
      };
      return Object.fromEntries(Object.keys(method.views(options, facts)).map((name) => [name, whole]));
    },
  });
