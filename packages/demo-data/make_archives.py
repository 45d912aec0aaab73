"""Takes a balanced subset out of CIFAR-10 in JPEG class folders, byte for byte the same on every run.

    python make_archives.py cifar10-train.tar.gz cifar10-test.tar.gz archives

Each source archive holds `<split>/<class>/<name>.jpg`. Of every class the first images in sorted order of
name are
kept: 500 for training and 100 for testing unless other counts are asked for. The JPEG bytes are copied, never
decoded. Owner, mode and time of every entry are fixed, the entries are sorted, so only another version of zlib can
change the result.
"""

import argparse
import gzip
import hashlib
import io
import pathlib
import tarfile

CLASSES = 10
# 1 January 1980: the earliest time that every archive format can hold.
MODIFIED = 315532800


def read_images(source, split):
    """Returns `{class: {name: bytes}}` of one split."""
    classes = {}
    with tarfile.open(source, "r:gz") as archive:
        for entry in archive:
            if not entry.isfile():
                continue
            folder, label, name = entry.name.split("/")
            if folder != split:
                raise SystemExit(f"{source}: expected {split}/<class>/<name>.jpg, found {entry.name}")
            classes.setdefault(label, {})[name] = archive.extractfile(entry).read()
    return classes


def choose(classes, per_class):
    """Returns `[(class/name, bytes)]`: the first images of each class in sorted order."""
    if len(classes) != CLASSES:
        raise SystemExit(f"expected {CLASSES} classes, found {len(classes)}: {sorted(classes)}")
    chosen = []
    for label, images in sorted(classes.items()):
        if len(images) < per_class:
            raise SystemExit(f"class {label} has {len(images)} images, {per_class} are needed")
        chosen += [(f"{label}/{name}", images[name]) for name in sorted(images)[:per_class]]
    return chosen


def write_archive(images, split, target):
    """Writes the images under `<split>/` and returns the sha256 of the archive."""
    packed = io.BytesIO()
    # No file name and no time in the gzip header, for the same bytes everywhere.
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as stream:
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for name, content in images:
                entry = tarfile.TarInfo(f"{split}/{name}")
                entry.size, entry.mtime, entry.mode = len(content), MODIFIED, 0o644
                archive.addfile(entry, io.BytesIO(content))
    target.write_bytes(packed.getvalue())
    return hashlib.sha256(packed.getvalue()).hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", help="tar.gz of train/<class>/<name>.jpg")
    parser.add_argument("test", help="tar.gz of test/<class>/<name>.jpg")
    parser.add_argument("target", type=pathlib.Path, help="folder to write train.tar.gz and test.tar.gz into")
    parser.add_argument("--train-per-class", type=int, default=500)
    parser.add_argument("--test-per-class", type=int, default=100)
    options = parser.parse_args()
    per_class = {"train": options.train_per_class, "test": options.test_per_class}
    options.target.mkdir(parents=True, exist_ok=True)
    for split, source in (("train", options.train), ("test", options.test)):
        images = choose(read_images(source, split), per_class[split])
        name = f"{split}.tar.gz"
        print(write_archive(images, split, options.target / name), "", name, sep=" ")


if __name__ == "__main__":
    main()
