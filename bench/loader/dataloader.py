"""PyTorch's DataLoader on the files of a folder; workers.mjs runs it beside one-loader.mjs.

    echo 1000 | bench/.venv/bin/python bench/loader/dataloader.py FOLDER WORKERS BATCH SIZE

Loads so many images as each line of stdin says, and answers with a line of JSON: seconds.
"""

import json
import random
import sys
import time
from pathlib import Path

import PIL
import torch
import torchvision
from PIL import Image, ImageFilter
from torch.utils.data import DataLoader, Dataset, Sampler
from torchvision import transforms

folder, workers, batch, size = Path(sys.argv[1]), *map(int, sys.argv[2:5])
files = sorted(folder.iterdir())

view = transforms.Compose(  # mocoV2View, to bytes as the loader gives them
    [
        transforms.RandomResizedCrop(size, scale=(0.2, 1.0)),
        transforms.RandomApply([transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
        transforms.RandomGrayscale(p=0.2),
        transforms.RandomApply(
            [transforms.Lambda(lambda image: image.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2.0))))], p=0.5
        ),
        transforms.RandomHorizontalFlip(),
        transforms.PILToTensor(),
    ]
)


class Views(Dataset):
    def __getitem__(self, index):
        with open(files[index % len(files)], "rb") as file:
            return view(Image.open(file).convert("RGB"))


class Turn(Sampler):
    """Goes on counting, `count` at a time, so that each turn is an epoch of its own and begins with nothing ahead."""

    first, count = 0, 0

    def __iter__(self):
        first, self.first = self.first, self.first + self.count
        return iter(range(first, first + self.count))


torch.set_num_threads(1)
turn = Turn()
loader = DataLoader(Views(), batch_size=batch, sampler=turn, num_workers=workers, persistent_workers=True)


def load(count):
    turn.count = count
    for _ in loader:
        pass


load(2 * workers * batch)
print(json.dumps({"version": f"torchvision {torchvision.__version__}, Pillow {PIL.__version__}"}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    load(int(line))
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
