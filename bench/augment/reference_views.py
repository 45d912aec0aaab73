"""Makes views of one case of cases.json with torchvision and Pillow, as many as stdin asks for; run.mjs runs
it beside tssl-views.mjs.

    echo 100 | bench/.venv/bin/python bench/augment/reference_views.py moco-v2-224-jpeg FOLDER

Warms up and prints one line of JSON; then answers each line of stdin, a number of images, with another.
"""

import json
import random
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "pytorch"))

import PIL
import torch
import torchvision
from PIL import Image, ImageFilter
from torch.utils.data import DataLoader, Dataset, Sampler
from torchvision import transforms

from views import stronger

BATCH = 32
name, folder = sys.argv[1:]
case = json.loads((HERE / "cases.json").read_text())[name]
files = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in (".jpg", ".jpeg"))


def blur(image: Image.Image) -> Image.Image:
    """facebookresearch/moco's GaussianBlur, which is Pillow's."""
    return image.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2.0)))


view = transforms.Compose(
    [
        transforms.RandomResizedCrop(case["size"], scale=(0.2, 1.0)),
        transforms.RandomApply([transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
        transforms.RandomGrayscale(p=0.2),
        transforms.RandomApply([transforms.Lambda(blur)], p=0.5),
        transforms.RandomHorizontalFlip(),
        *([transforms.Lambda(stronger)] if case["recipe"] == "clsa-strong" else []),
        transforms.ToTensor(),
        transforms.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]),
    ]
)


def decode(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")


class Views(Dataset):
    def __getitem__(self, index: int) -> torch.Tensor:
        return view(decode(files[index % len(files)]))


class Turn(Sampler):
    """Counts up to `count`, so that each turn is an epoch of its own and begins with nothing prefetched."""

    count = 0

    def __iter__(self):
        return iter(range(self.count))


def prepare():
    if "workers" in case:
        turn = Turn()
        loader = DataLoader(
            Views(), batch_size=BATCH, sampler=turn, num_workers=case["workers"], persistent_workers=True
        )

        def make(count: int) -> None:
            turn.count = count
            for _ in loader:
                pass

        return make

    images = None
    if not case.get("decode"):
        images = [decode(path) for path in files]
        if "shrinkTo" in case:
            images = [image.resize((case["shrinkTo"], case["shrinkTo"])) for image in images]
    done = 0

    def make(count: int) -> None:
        nonlocal done
        for _ in range(count):
            at = done % len(files)
            view(decode(files[at]) if images is None else images[at])
            done += 1

    return make


torch.set_num_threads(1)
make = prepare()
make(4 * BATCH)
print(json.dumps({"version": f"torchvision {torchvision.__version__}, Pillow {PIL.__version__}"}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    make(int(line))
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
