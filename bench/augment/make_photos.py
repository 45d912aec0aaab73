"""Writes 400 JPEGs of ImageNet's usual sizes, 500 x 375, upright, and larger ones, cut from the photographs
that scikit-image and scikit-learn carry.

    bench/.venv/bin/python bench/augment/make_photos.py FOLDER

Each is another part of a photograph, every other one mirrored; the same files each time.
"""

import random
import sys
from pathlib import Path

import skimage
import sklearn.datasets
from PIL import Image

SOURCES = [
    *(Path(sklearn.datasets.__file__).parent / "images" / name for name in ("china.jpg", "flower.jpg")),
    *(
        Path(skimage.__file__).parent / "data" / name
        for name in (
            "astronaut.png",
            "chelsea.png",
            "coffee.png",
            "rocket.jpg",
            "motorcycle_left.png",
            "motorcycle_right.png",
            "hubble_deep_field.jpg",
            "retina.jpg",
        )
    ),
]


# Width and height, as often as they are listed: most of ImageNet is 500 pixels wide; its mean is about 470 x
# 390.
SHAPES = [(500, 375)] * 5 + [(375, 500), (500, 333), (640, 480), (400, 300), (1024, 768)]
CROPS = 40


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(0)
    for source in SOURCES:
        image = Image.open(source).convert("RGB")
        for i in range(CROPS):
            width, height = SHAPES[i % len(SHAPES)]
            largest = min(image.width / width, image.height / height)
            scale = largest * draw.uniform(0.5, 1)
            w, h = int(width * scale), int(height * scale)
            left, top = draw.randrange(image.width - w + 1), draw.randrange(image.height - h + 1)
            part = image.resize((width, height), Image.Resampling.LANCZOS, (left, top, left + w, top + h))
            if i % 2 == 1:
                part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            part.save(folder / f"{source.stem}-{i:02}.jpg", quality=92, subsampling="4:2:0")
    print(f"{len(SOURCES) * CROPS} photographs in {folder}")


main(Path(sys.argv[1]))
