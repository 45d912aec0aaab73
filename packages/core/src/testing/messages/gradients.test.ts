import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./gradients.ts";

sentences([
  [
    messages.gradientNotFinite("mine", "contrast"),
    '[mine] The gradient of the term "contrast" has NaN or infinite values. Look for a division by 0, and ' +
      "for a root or a logarithm of 0.",
  ],
  [
    messages.termWithoutGradient("mine", "contrast", "mine.network.encoder."),
    '[mine] The term "contrast" sends no gradient to the encoder (mine.network.encoder.*), which learns ' +
      'nothing from it. If this is intended, name "mine/contrast" in the test\'s option `withoutGradient`.',
  ],
  [
    messages.parametersWithoutGradient("mine", ["mine.prototypes"]),
    '[mine] No term sends a gradient to the trained parameter "mine.prototypes". If this is intended, name ' +
      "it in the test's option `withoutGradient`.",
  ],
  [
    messages.parametersWithoutGradient("mine", ["mine.predictor.weight", "mine.predictor.bias"]),
    '[mine] No term sends a gradient to the trained parameters "mine.predictor.weight", ' +
      '"mine.predictor.bias". If this is intended, name them in the test\'s option `withoutGradient`.',
  ],
  [
    messages.gradientAfterAll("mine", "mine/contrast"),
    '[mine] The test\'s option `withoutGradient` names "mine/contrast", which gets a gradient, or is no ' +
      "term or parameter of the run. Remove it, or correct its name.",
  ],
  [
    messages.stopAtNoView("mine", "kee", ["query", "key"]),
    '[mine] The test\'s option `stopGradients` names "kee", which is no view of the run. The views are ' +
      '"query", "key".',
  ],
  [
    messages.gradientNotStopped("mine", "contrast", "key"),
    '[mine] The term "contrast" sends a gradient through the view "key", but the test\'s option ' +
      "`stopGradients` says that none flows. Embed the view with a network of `build.emaOf`, or inside " +
      "`withoutGradient`.",
  ],
  [
    messages.lossWithoutGradient("mine"),
    "[mine] The loss has no gradient at all, so nothing is learned from it. Compute its terms outside of " +
      "`withoutGradient`.",
  ],
  [
    messages.gradientOfAnotherLoss("mine", { measured: 2.5, stated: 5 }),
    "[mine] The gradient is not that of the loss: along it the loss rises by 2.500 per unit of length, but " +
      "the gradient says 5.000. Correct the gradients that the plugin defines itself, such as those of " +
      "`tf.customGrad`.",
  ],
]);

eachIsHere(messages, import.meta.url);
