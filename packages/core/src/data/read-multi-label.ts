import { isAddress } from "@tssl/augment-zoo";

import { imagesWithoutLabels, unknownClasses } from "../messages/options.ts";
import { type MultiLabelSet, oneOfMany, targetsFor } from "./multi-label-set.ts";
import { readLabelledList } from "./labelled-list.ts";
import { readImages } from "./read-images.ts";
import { isVocFolder, readVocFolder, type VocRole } from "./voc-folder.ts";
import { notesOn } from "./what-to-tell.ts";

/** Images that an option or a flag names. */
interface NamedSource {
  /** "--train" */
  readonly option: string;
  readonly source: string;
}

/**
 * Images of which each may have several classes, to learn from and to classify: a folder of VOC's form (see
 * `readVocFolder`), a .tsv list (see `readLabelledList`), or what `readImages` takes, where the class of an
 * image stands against all others. The test images get the classes of the others, in their order.
 *
 * @throws {TsslError} INVALID_OPTION if either has no labels, or the test images have classes that the others
 * do not have; INVALID_DATA if something is missing or not of its form.
 */
export async function readMultiLabel(
  train: NamedSource,
  test: NamedSource,
  tell: (sentence: string) => void,
): Promise<{ readonly train: MultiLabelSet; readonly test: MultiLabelSet }> {
  const learnt = await readSet(train, "train", tell);
  const seen = await readSet(test, "test", tell);
  const targets = targetsFor(learnt.classes, seen);
  if (!(targets instanceof Int8Array)) {
    throw unknownClasses(
      { option: test.option, classes: targets.unknown },
      { option: train.option, classes: learnt.classes },
    );
  }
  return { train: learnt, test: { images: seen.images, classes: learnt.classes, targets } };
}

async function readSet(
  { option, source }: NamedSource,
  role: VocRole,
  tell: (sentence: string) => void,
): Promise<MultiLabelSet> {
  if (!isAddress(source) && (source.endsWith(".tsv") || (await isVocFolder(source)))) {
    const set = source.endsWith(".tsv") ? await readLabelledList(source) : await readVocFolder(source, role);
    for (const note of notesOn(set.images)) tell(note);
    return set;
  }
  const images = await readImages(source, tell);
  if (images.labels === undefined) throw imagesWithoutLabels(option, images.root);
  const { classes, labels } = images;
  return { images, classes, targets: oneOfMany(labels, classes.length) };
}
