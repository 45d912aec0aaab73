// The sentences of errors INVALID_DATA on tar shards.

import { messageOf, TsslError } from "../errors.ts";
import { count } from "../text/numbers.ts";
import { quoted } from "../text/quoted.ts";

export const notAShard = (address: string): TsslError =>
  new TsslError("INVALID_DATA", `${address} must be a .tar file: only tar shards are read from servers.`, {
    data: { address },
  });

const SCHEME_REMEDIES: Readonly<Record<string, string>> = {
  hf: "For a file on Hugging Face write https://huggingface.co/datasets/OWNER/NAME/resolve/main/FILE.tar, with HF_TOKEN in the environment where it is private", // prettier-ignore
  s3: "Write an https:// address that the storage signs, or copy the shards to this machine (aws s3 sync)",
  gs: "Write https://storage.googleapis.com/BUCKET/FILE.tar, or copy the shards to this machine (gcloud storage rsync)", // prettier-ignore
  file: "Write the path itself",
  pipe: "Let the command write the shards to this machine, and name these",
};

/** @param scheme "s3" */
export const unknownScheme = (source: string, scheme: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${source}: images are read from paths, http:// and https://, not from ${scheme}:. ` +
      `${SCHEME_REMEDIES[scheme] ?? "Copy the shards to this machine"}.`,
    { data: { source, scheme } },
  );

export const addressWithPassword = (address: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${address} holds a password, which would be shown and kept. Give it in the environment instead: ` +
      'TSSL_HTTP_HEADERS="HOST Authorization: Basic …".',
    { data: { address } },
  );

export const addressWithoutSecrets = (address: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${address} is an address whose secrets were not kept. Give it whole: ` +
      "--set data.train=…, --set data.test=…, or in the config.",
    { data: { address } },
  );

/** @param range "{7..0}" */
export const wrongRange = (pattern: string, range: string, most: number): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${pattern}: ${range} must count upwards, and to at most ${count(most)} shards.`,
    { data: { pattern, range } },
  );

export const tooManyShards = (pattern: string, most: number): TsslError =>
  new TsslError("INVALID_DATA", `${pattern} stands for more than ${count(most)} shards.`, {
    data: { pattern },
  });

export const tooManyImages = (root: string, most: number): TsslError =>
  new TsslError("INVALID_DATA", `${root} holds more than ${count(most)} images. Name fewer shards.`, {
    data: { root, most },
  });

export const nestedBraces = (pattern: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${pattern}: braces within braces are not read. Write one pair after another.`,
    {
      data: { pattern },
    },
  );

export const noMatch = (pattern: string): TsslError =>
  new TsslError("INVALID_DATA", `No .tar file matches ${pattern}.`, { data: { pattern } });

export const starInAddress = (address: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${address}: * needs a list of files, which servers do not give. Write {000..007} or {000,003}.`,
    { data: { address } },
  );

const ARCHIVE_FAULTS = {
  "no header": (byte: number) => `there is no tar header at byte ${byte}. Copy it again, or make it again`,
  "damaged header": (byte: number) =>
    `the header at byte ${byte} is damaged. Copy it again, or make it again`,
  "long header": (byte: number) =>
    `the header at byte ${byte} has more than a MiB. Copy it again, or make it again`,
  "long name": (byte: number) =>
    `the name of the member at byte ${byte} has more than 4,096 characters. Make it again`,
  "many members": (byte: number) =>
    `the member at byte ${byte} is one more than 4,000,000. Split it into several archives`,
  zeros: (byte: number) =>
    `there is more than a MiB of zeros up to byte ${byte}. Copy it again, or make it again`,
} as const;

export const notAnArchive = (archive: string, byte: number, fault: keyof typeof ARCHIVE_FAULTS): TsslError =>
  new TsslError("INVALID_DATA", `${archive} is not a valid tar archive: ${ARCHIVE_FAULTS[fault](byte)}.`, {
    data: { archive, byte, fault },
  });

/**
 * A compressed file or an archive of another kind.
 *
 * @param byte where its mark stands.
 */
export const compressedArchive = (
  archive: string,
  byte: number,
  { format, mark, remedy }: { readonly format: string; readonly mark: string; readonly remedy: string },
): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${archive} is not a tar archive: byte ${byte} has ${format}'s mark ${mark}: ${remedy}.`,
    { data: { archive, byte, format, mark } },
  );

/** A name of a compressed archive, whose content was not looked at. */
export const compressedName = (archive: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${archive} is compressed, as its name says, and images are read from plain .tar files: decompress it.`,
    { data: { archive } },
  );

/** @param within the member that the archive ends in; absent where it ends in a header. */
export function archiveTruncated(
  archive: string,
  end: number,
  within?: { readonly name: string; readonly offset: number; readonly size: number },
): TsslError {
  const place =
    within === undefined
      ? "within a header"
      : `within ${within.name}, which has ${within.size} bytes from byte ${within.offset} on`;
  return new TsslError(
    "INVALID_DATA",
    `${archive} is truncated: it ends at byte ${end}, ${place}. Copy it again, or make it again.`,
    { data: { archive, end, ...(within === undefined ? {} : { within }) } },
  );
}

/** A member that is a label by its name, and says no class. */
export const notAClass = (shard: string, member: string, got: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard}:${member} must say a class: a whole number from 0 on, or a name on one line of at most ` +
      `100 characters. It says ${quoted(got.length > 120 ? `${got.slice(0, 120)}…` : got)}.`,
    { data: { shard, member, got } },
  );

/** @param one two members of one sample. */
export const twoLabels = (shard: string, one: string, other: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard} has two labels for one image: ${one} and ${other}. Remove one of them.`,
    { data: { shard, members: [one, other] } },
  );

interface SaidLabel {
  readonly name: string;
  readonly value: string | number | null;
}

export const labelsDisagree = (shard: string, one: SaidLabel, other: SaidLabel): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard} has two labels for one image that differ: ${one.name} says ${quoted(one.value)}, ` +
      `${other.name} says ${quoted(other.value)}. Correct or remove one of them.`,
    { data: { shard, members: [one.name, other.name], values: [one.value, other.value] } },
  );

export const twoImages = (shard: string, one: string, other: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard} has two images for one sample: ${one} and ${other}. A sample has one image: ` +
      "remove one of them, or give each a name and a label of its own.",
    { data: { shard, members: [one, other] } },
  );

export const arraysBesideImages = (ofArrays: string, ofImages: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${ofArrays} holds arrays of NumPy (.npy) and no images, and ${ofImages} holds images. Arrays are images ` +
      "where no shard holds others: name the shards of one kind alone.",
    { data: { arrays: ofArrays, images: ofImages } },
  );

/** @param type "SymbolicLink", "Link", … */
export const memberNotAFile = (shard: string, member: string, type: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard}:${member} must be a file, but it is a ${type}. ` +
      `Make the shard with tar --dereference --hard-dereference.`,
    { data: { shard, member, type } },
  );

export const memberTooLarge = (shard: string, member: string, bytes: number): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard}:${member} has ${count(bytes)} bytes, more than an image that can be decoded. Remove it.`,
    { data: { shard, member, bytes } },
  );

/** @param source ".cls" @param examples names of images without a label. */
export const labelsMissing = (
  root: string,
  source: string,
  images: number,
  missing: number,
  examples: readonly string[],
): TsslError => {
  const more = missing > examples.length ? ", …" : "";
  return new TsslError(
    "INVALID_DATA",
    `${root}: ${count(missing)} of ${count(images)} images have no label (${examples.join(", ")}${more}); ` +
      `the others have one in their ${source} members. Give every image a label, or none.`,
    { data: { root, source, images, missing, examples } },
  );
};

/** @param label the name of one of the members. @param image the name of an image. */
export const labelsUnclaimed = (root: string, labels: number, label: string, image: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${root}: no image has a label, and ${count(labels)} .cls members belong to no image, such as ` +
      `${label}. A label is called like its image: 0001.cls for 0001.jpg; there is ${image}.`,
    { data: { root, labels, label, image } },
  );

export const labelsMixed = (
  image: string,
  value: string | number,
  otherImage: string,
  other: string | number,
): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `Labels must all be numbers or all be names: that of ${image} is ${quoted(value)}, ` +
      `that of ${otherImage} is ${quoted(other)}.`,
    { data: { images: [image, otherImage], values: [value, other] } },
  );

/** @param named how many classes the file names. @param fromOne whether no image is of class 0. */
export function classUnnamed(file: string, named: number, label: number, fromOne: boolean): TsslError {
  const hint = fromOne ? " Its first name is that of class 0, and no image is of class 0." : "";
  return new TsslError(
    "INVALID_DATA",
    `${file} must name every class, but it names ${named}, and there is an image of class ${label}.${hint}`,
    { data: { file, named, label } },
  );
}

/** @param image the name of an image of the class. */
export const classUnknown = (file: string, image: string, label: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${file} must name every class, but it does not name ${quoted(label)}, the class of ${image}.`,
    { data: { file, image, label } },
  );

export const classesDiffer = (file: string, other: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${file} and ${other} name other classes. Shards of one set need the same names in the same order.`,
    { data: { files: [file, other] } },
  );

export const classesUnusable = (file: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("INVALID_DATA", `${file} cannot be used: ${reason}.`, {
    cause,
    data: { file, reason },
  });
};

/** The reason why a file of classes cannot be used. */
export const notAListOfNames = (): Error => new Error("it must contain a list of distinct names");

export const shardsNotWritten = (folder: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("INVALID_DATA", `${folder} cannot be written: ${reason}.`, {
    cause,
    data: { folder, reason },
  });
};

export const shardExists = (file: string, prefix: string, folder: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${file} exists already. Remove the shards of "${prefix}" in ${folder}, or choose another folder.`,
    { data: { file, prefix, folder } },
  );

export const otherClassesNamed = (file: string): TsslError =>
  new TsslError("INVALID_DATA", `${file} names other classes. Choose another folder.`, { data: { file } });
