"""Writes JPEGs of ImageNet's usual size, 500 x 375 and upright, cut from the photographs that scikit-image and scikit-learn carry.

    bench/.venv/bin/python bench/augment/make_photos.py FOLDER
"""

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


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for source in SOURCES:
        image = Image.open(source).convert("RGB")
        for width, height in ((500, 375), (375, 500), (500, 333), (500, 375)):
            # The largest box of this shape, moved along the longer side from photo to photo, as sharp as the photograph is.
            scale = min(image.width / width, image.height / height)
            w, h = int(width * scale), int(height * scale)
            left, top = (image.width - w) * (count % 3) // 2, (image.height - h) * (count % 2)
            part = image.resize((width, height), Image.Resampling.LANCZOS, (left, top, left + w, top + h))
            part.save(folder / f"{source.stem}-{count:03}.jpg", quality=92, subsampling="4:2:0")
            count += 1
    print(f"{count} photographs in {folder}")


main(Path(sys.argv[1]))
