import * as messages from "./recipes.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [
    messages.boxOutside({ left: 5, top: 0, width: 16, height: 10 }, { width: 20, height: 10 }),
    "The box of resizedCrop must lie inside the image of 20 x 10 pixels, got 16 x 10 at (5, 0).",
  ],
  [messages.cropMissing(["resize"]), "withSize needs a recipe with a randomResizedCrop, got [resize]."],
  [
    messages.jigsawNotSquare([64, 32]),
    "The jigsaw is a grid of 3 x 3 squares: the size of its views must be one number, got [64,32].",
  ],
  [messages.notAList("recipe", "x"), 'recipe must be a list of operations, got "x".'],
  [
    messages.notAnOperation("recipe[0]", 7),
    'recipe[0] must be an operation such as { "op": "grayscale", "p": 0.2 }, got 7.',
  ],
  [messages.parametersNotAnObject("invert", []), "The parameters of invert must be an object, got []."],
  [
    messages.patchesOutside("recipe[1]", { width: 96, height: 96 }, 100, 64),
    "recipe[1] (patches) must fit into the 96 x 96 pixels of the image before it, got 100 x 64: " +
      "(columns - 1) * stride + jitter + size wide, (rows - 1) * stride + jitter + size high.",
  ],
  [
    messages.patchesOfAnySize("recipe[0]"),
    "recipe[0] (patches) must come after an operation that gives an image of a fixed size. " +
      "Add a randomResizedCrop or a centerCrop.",
  ],
  [
    messages.patchesTwice("recipe[2]", "recipe[1]"),
    "recipe[2] (patches) must be the only patches operation, got another one at recipe[1].",
  ],
  [
    messages.sizeNotFixed(["resize"]),
    "The output size of the recipe [resize] depends on the image. Add a randomResizedCrop or a centerCrop.",
  ],
  [
    messages.unknownOperation("recipe[0].op", "blur", ["grayscale", "hue"]),
    'recipe[0].op: unknown operation "blur". Known: grayscale, hue.',
  ],
  [
    messages.unknownOperationName("ShearX", ["shearX", "shearY"]),
    'Unknown operation "ShearX". Did you mean "shearX"?',
  ],
  [
    messages.unknownOperationName("blur", ["shearX", "shearY"]),
    'Unknown operation "blur". Known: shearX, shearY.',
  ],
  [
    messages.unknownParameter("params.factor", "invert", []),
    "params.factor: invert has no such parameter. Known: none.",
  ],
  [
    messages.wrongParameter("recipe[0].p", "grayscale", "a number in 0 .. 1", undefined),
    "recipe[0].p (grayscale) must be a number in 0 .. 1, got nothing.",
  ],
]);

eachIsHere(messages, import.meta.url);
