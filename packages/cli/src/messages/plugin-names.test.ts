import * as messages from "./plugin-names.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [
    "USAGE",
    messages.noPluginName("MyMethod", "my-method"),
    "The plugin takes the name of its folder, which must be words of lower-case letters and digits, the " +
      'first of which begins with a letter, with one hyphen between two of them; got "MyMethod". Call it ' +
      "my-method.",
  ],
  [
    "USAGE",
    messages.pluginNameTaken("moco"),
    "The plugin takes the name of its folder, and moco is a plugin that comes with tssl. Choose another " +
      "name, such as my-moco.",
  ],
]);

eachIsHere(messages, import.meta.url);
