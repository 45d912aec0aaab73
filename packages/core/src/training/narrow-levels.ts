import type { ViewLoader } from "@tssl/augment-zoo";

import { narrowLevels } from "../messages/loading.ts";
import type { TellObservers } from "../run/observer.ts";

/** Tells once of an image of 16 bits that uses few of its levels, when the loader has found one. */
export function watchNarrowLevels(
  loader: Pick<ViewLoader, "narrow">,
  tell: TellObservers,
): () => Promise<void> {
  let isTold = false;
  return async () => {
    if (isTold || loader.narrow === undefined) return;
    isTold = true;
    await tell("onNotice", narrowLevels(loader.narrow));
  };
}
