import * as messages from "./damaged-files.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

/** What this Node says of a text that is no JSON. */
function parseError(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

errors([
  [
    "FILE_DAMAGED",
    messages.fileDamaged("runs/a/run.json", "history.seconds must be number, got null"),
    "runs/a/run.json is damaged: history.seconds must be number, got null. Put back a whole copy of it; " +
      "nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.fileDamaged("a/run.json", messages.notWholeJson(" \n", new SyntaxError())),
    "a/run.json is damaged: it is empty. Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.fileDamaged("a/run.json", messages.notWholeJson('{"plu', parseError('{"plu'))),
    "a/run.json is damaged: it is not whole, its JSON ends within a value after 5 characters. " +
      "Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.fileDamaged(
      "a/config.yaml",
      messages.notYaml(new Error("Flow map must end with }\n\nat line 2")),
    ),
    "a/config.yaml is damaged: it is not YAML (Flow map must end with }). " +
      "Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.fileDamaged(
      "a/config.yaml",
      messages.notYaml(new Error("Maximum call stack size exceeded at line 1, column 822")),
    ),
    "a/config.yaml is damaged: its lists and sections lie too deep within each other. " +
      "Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.fileDamaged("a/latest.safetensors", messages.noFeatureSample()),
    "a/latest.safetensors is damaged: it must hold features (float32, [images, D]), images (int32, " +
      "[images]) and step (int32, [1]). Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.fileDamaged("a/run.json", messages.imageOutsideSet(5000, 48)),
    "a/run.json is damaged: it names image 5,000, and the set has 48. " +
      "Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.lineDamaged("a/metrics.jsonl", 1200, messages.lineTooLong(2 ** 20)),
    "a/metrics.jsonl is damaged in line 1,200: the line has more than 1.00 MiB. " +
      "Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.lineDamaged("a/metrics.jsonl", 3, messages.tooManyMetrics(1000)),
    "a/metrics.jsonl is damaged in line 3: there are more than 1,000 metrics. " +
      "Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.metricsRowsMissing("a/metrics.jsonl", 1, 1200),
    "a/metrics.jsonl has 1 whole row, and the checkpoint knows of 1,200: rows have been lost. Put back a " +
      "whole copy of it, or go on without the lost rows: --allow-change metrics. Nothing was changed.",
  ],
]);

eachIsHere(messages, import.meta.url);
