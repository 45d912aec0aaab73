import { fileTooLong } from "./config.ts";
import * as messages from "./shards.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });

errors([
  [
    "INVALID_DATA",
    messages.notAShard("https://x.org/a.zip"),
    "https://x.org/a.zip must be a .tar file: only tar shards are read from servers.",
  ],
  [
    "INVALID_DATA",
    messages.wrongRange("t-{3..1}.tar", "{3..1}", 100_000),
    "t-{3..1}.tar: {3..1} must count upwards, and to at most 100,000 shards.",
  ],
  [
    "INVALID_DATA",
    messages.unknownScheme("s3://bucket/a.tar", "s3"),
    "s3://bucket/a.tar: images are read from paths, http:// and https://, not from s3:. Write an https:// " +
      "address that the storage signs, or copy the shards to this machine (aws s3 sync).",
  ],
  [
    "INVALID_DATA",
    messages.unknownScheme("abfs://a/b.tar", "abfs"),
    "abfs://a/b.tar: images are read from paths, http:// and https://, not from abfs:. " +
      "Copy the shards to this machine.",
  ],
  [
    "INVALID_DATA",
    messages.addressWithPassword("https://u:s3cret@x.org/a.tar"),
    "https://…@x.org/a.tar holds a password, which would be shown and kept. Give it in the environment " +
      'instead: TSSL_HTTP_HEADERS="HOST Authorization: Basic …".',
  ],
  [
    "INVALID_DATA",
    messages.addressWithoutSecrets("https://x.org/a.tar?token=…"),
    "https://x.org/a.tar?token=… is an address whose secrets were not kept. Give it whole: " +
      "--set data.train=…, --set data.test=…, or in the config.",
  ],
  [
    "INVALID_DATA",
    messages.tooManyShards("{0..9999}{0..9999}.tar", 1_000_000),
    "{0..9999}{0..9999}.tar stands for more than 1,000,000 shards.",
  ],
  [
    "INVALID_DATA",
    messages.nestedBraces("{a,b{1,2}}.tar"),
    "{a,b{1,2}}.tar: braces within braces are not read. Write one pair after another.",
  ],
  ["INVALID_DATA", messages.noMatch("t-*.tar"), "No .tar file matches t-*.tar."],
  [
    "INVALID_DATA",
    messages.tooManyImages("t-{0..9}.tar", 16_000_000),
    "t-{0..9}.tar holds more than 16,000,000 images. Name fewer shards.",
  ],
  [
    "INVALID_DATA",
    messages.classesUnusable("classes.json", fileTooLong(2 ** 30, 2 ** 24)),
    "classes.json cannot be used: it has 1.00 GiB, and at most 16.0 MiB are read.",
  ],
  [
    "INVALID_DATA",
    messages.starInAddress("https://x.org/*.tar"),
    "https://x.org/*.tar: * needs a list of files, which servers do not give. " +
      "Write {000..007} or {000,003}.",
  ],
  [
    "INVALID_DATA",
    messages.notAnArchive("a.tar", 512, "no header"),
    "a.tar is not a valid tar archive: there is no tar header at byte 512. Copy it again, or make it again.",
  ],
  [
    "INVALID_DATA",
    messages.notAnArchive("a.tar", 512, "damaged header"),
    "a.tar is not a valid tar archive: the header at byte 512 is damaged. Copy it again, or make it again.",
  ],
  [
    "INVALID_DATA",
    messages.notAnArchive("a.tar", 512, "long header"),
    "a.tar is not a valid tar archive: the header at byte 512 has more than a MiB. " +
      "Copy it again, or make it again.",
  ],
  [
    "INVALID_DATA",
    messages.compressedArchive("a.tar", 0, { format: "gzip", mark: "1f 8b", remedy: "decompress it" }),
    "a.tar is not a tar archive: byte 0 has gzip's mark 1f 8b: decompress it.",
  ],
  [
    "INVALID_DATA",
    messages.compressedName("a.tar.gz"),
    "a.tar.gz is compressed, as its name says, and images are read from plain .tar files: decompress it.",
  ],
  [
    "INVALID_DATA",
    messages.notAnArchive("a.tar", 2048, "zeros"),
    "a.tar is not a valid tar archive: there is more than a MiB of zeros up to byte 2048. " +
      "Copy it again, or make it again.",
  ],
  [
    "INVALID_DATA",
    messages.archiveTruncated("a.tar", 3000, { name: "b.jpg", offset: 512, size: 4000 }),
    "a.tar is truncated: it ends at byte 3000, within b.jpg, which has 4000 bytes from byte 512 on. " +
      "Copy it again, or make it again.",
  ],
  [
    "INVALID_DATA",
    messages.archiveTruncated("a.tar", 3000),
    "a.tar is truncated: it ends at byte 3000, within a header. Copy it again, or make it again.",
  ],
  [
    "INVALID_DATA",
    messages.notAClass("s.tar", "1.cls", "-1"),
    "s.tar:1.cls must say a class: a whole number from 0 on, or a name on one line of at most " +
      '100 characters. It says "-1".',
  ],
  [
    "INVALID_DATA",
    messages.twoLabels("s.tar", "1.cls", "1.cls.txt"),
    "s.tar has two labels for one image: 1.cls and 1.cls.txt. Remove one of them.",
  ],
  [
    "INVALID_DATA",
    messages.labelsDisagree("s.tar", { name: "1.cls", value: 3 }, { name: "1.json", value: 4 }),
    "s.tar has two labels for one image that differ: 1.cls says 3, 1.json says 4. " +
      "Correct or remove one of them.",
  ],
  [
    "INVALID_DATA",
    messages.twoImages("s.tar", "1.left.jpg", "1.right.jpg"),
    "s.tar has two images for one sample: 1.left.jpg and 1.right.jpg. A sample has one image: " +
      "remove one of them, or give each a name and a label of its own.",
  ],
  [
    "INVALID_DATA",
    messages.arraysBesideImages("a.tar", "b.tar"),
    "a.tar holds arrays of NumPy (.npy) and no images, and b.tar holds images. Arrays are images where no " +
      "shard holds others: name the shards of one kind alone.",
  ],
  [
    "INVALID_DATA",
    messages.memberNotAFile("s.tar", "1.jpg", "SymbolicLink"),
    "s.tar:1.jpg must be a file, but it is a SymbolicLink. " +
      "Make the shard with tar --dereference --hard-dereference.",
  ],
  [
    "INVALID_DATA",
    messages.memberTooLarge("s.tar", "1.jpg", 2 ** 30),
    "s.tar:1.jpg has 1,073,741,824 bytes, more than an image that can be decoded. Remove it.",
  ],
  [
    "INVALID_DATA",
    messages.labelsMissing("s.tar", ".cls", 40, 4, ["s.tar:1.jpg", "s.tar:2.jpg", "s.tar:3.jpg"]),
    "s.tar: 4 of 40 images have no label (s.tar:1.jpg, s.tar:2.jpg, s.tar:3.jpg, …); " +
      "the others have one in their .cls members. Give every image a label, or none.",
  ],
  [
    "INVALID_DATA",
    messages.labelsUnclaimed("s.tar", 40, "1.x.cls", "s.tar:1.jpg"),
    "s.tar: no image has a label, and 40 .cls members belong to no image, such as 1.x.cls. " +
      "A label is called like its image: 0001.cls for 0001.jpg; there is s.tar:1.jpg.",
  ],
  [
    "INVALID_DATA",
    messages.labelsMixed("s.tar:1.jpg", 0, "s.tar:2.jpg", "cat"),
    'Labels must all be numbers or all be names: that of s.tar:1.jpg is 0, that of s.tar:2.jpg is "cat".',
  ],
  [
    "INVALID_DATA",
    messages.classUnnamed("classes.json", 2, 5, false),
    "classes.json must name every class, but it names 2, and there is an image of class 5.",
  ],
  [
    "INVALID_DATA",
    messages.classUnnamed("classes.json", 2, 2, true),
    "classes.json must name every class, but it names 2, and there is an image of class 2. " +
      "Its first name is that of class 0, and no image is of class 0.",
  ],
  [
    "INVALID_DATA",
    messages.classUnknown("classes.json", "s.tar:1.jpg", "cat"),
    'classes.json must name every class, but it does not name "cat", the class of s.tar:1.jpg.',
  ],
  [
    "INVALID_DATA",
    messages.classesDiffer("a/classes.json", "b/classes.json"),
    "a/classes.json and b/classes.json name other classes. " +
      "Shards of one set need the same names in the same order.",
  ],
  [
    "INVALID_DATA",
    messages.classesUnusable("classes.json", messages.notAListOfNames()),
    "classes.json cannot be used: it must contain a list of distinct names.",
  ],
  [
    "INVALID_DATA",
    messages.shardsNotWritten("out", denied),
    "out cannot be written: EACCES: permission denied.",
  ],
  [
    "INVALID_DATA",
    messages.shardExists("out/train-000.tar", "train", "out"),
    'out/train-000.tar exists already. Remove the shards of "train" in out, or choose another folder.',
  ],
  [
    "INVALID_DATA",
    messages.otherClassesNamed("out/classes.json"),
    "out/classes.json names other classes. Choose another folder.",
  ],
]);

eachIsHere(messages, import.meta.url);
