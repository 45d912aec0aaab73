"""MoCo v2 (with CLSA's term where asked for), SimCLR, BYOL, InstDisc, SwAV, PCL, InfoMin Aug or a classifier
in plain PyTorch on a folder of class folders.

Run with --help.
"""

import argparse
import copy
import json
import math
import platform
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset

from byol import Byol
from infomin import Infomin
from instdisc import Instdisc
from moco import Moco
from pcl import Pcl
from simclr import Simclr
from supervised import Supervised
from swav import Swav
from views import centred

METHODS = {
    "moco": Moco,
    "simclr": Simclr,
    "byol": Byol,
    "instdisc": Instdisc,
    "swav": Swav,
    "pcl": Pcl,
    "infomin": Infomin,
    "supervised": Supervised,
}


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--data-train", type=Path, required=True)
    parser.add_argument("--data-test", type=Path, required=True)
    parser.add_argument("--json", type=Path, help="where the results go, rewritten after every epoch")
    parser.add_argument(
        "--checkpoint", type=Path, help="kept after every epoch; a run that finds it goes on from there"
    )
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--until", type=int, help="stops after this epoch of --epochs, to compare beginnings")
    parser.add_argument("--eval-every", type=int, default=5)
    parser.add_argument("--knn-k", type=int, default=200)
    parser.add_argument("--knn-temperature", type=float, default=0.1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parse_with_method(parser)


def parse_with_method(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The parser's own options, and those that say what a step computes."""
    parser.add_argument("--method", choices=METHODS, default="moco")
    parser.add_argument(
        "--encoder", choices=["resnet20", "resnet18"], default="resnet20", help="both with the CIFAR stem"
    )
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--image-size", type=int, default=32)
    parser.add_argument("--lr", type=float, default=0.06)
    parser.add_argument("--lr-warmup-epochs", type=float, default=0)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--dim", type=int, default=128)
    parser.add_argument(
        "--hidden", type=int, help="width of the head's hidden layer; the encoder's width where absent"
    )
    parser.add_argument("--temperature", type=float, default=0.2, help="of every method but BYOL")
    parser.add_argument("--ema", type=float, default=0.99, help="MoCo's momentum, or BYOL's at the start")
    parser.add_argument(
        "--color-strength",
        type=float,
        default=1.0,
        help="SimCLR's and SwAV's s; views of SimCLR and BYOL are without blur",
    )
    parser.add_argument("--no-blur", action="store_true", help="of MoCo's and SwAV's views")
    parser.add_argument("--queue", type=int, default=4096, help="MoCo's and SwAV's; 0: none, of SwAV")
    parser.add_argument("--in-batch-negatives", action="store_true")
    parser.add_argument(
        "--batch-norm-groups", type=int, default=1, help="above 1: Shuffle-BN over this many groups"
    )
    parser.add_argument("--clsa", action="store_true")
    parser.add_argument("--strong-size", type=int, help="side of the strong view; --image-size where absent")
    parser.add_argument("--strong-scale", type=float, nargs=2, default=(0.2, 1.0))
    parser.add_argument("--beta", type=float, default=1.0)
    parser.add_argument(
        "--loss", choices=["softmax", "nce", "sampled-softmax"], default="softmax", help="InstDisc's"
    )
    parser.add_argument(
        "--negatives", type=int, default=4096, help="rows that InstDisc draws, but for softmax"
    )
    parser.add_argument(
        "--keep", type=float, default=0.5, help="share of a row of InstDisc's bank that stays"
    )
    parser.add_argument("--prototypes", type=int, default=512)
    parser.add_argument("--epsilon", type=float, default=0.05, help="of SwAV's codes")
    parser.add_argument("--freeze-prototypes", type=float, default=1, help="epochs")
    parser.add_argument("--queue-from-epoch", type=int, default=0, help="when SwAV's queue begins to fill")
    parser.add_argument("--large-scale", type=float, nargs=2, default=(0.14, 1.0))
    parser.add_argument("--small-crops", type=int, default=0, help="of SwAV, beside the two large ones")
    parser.add_argument("--small-size", type=int, default=16)
    parser.add_argument("--small-scale", type=float, nargs=2, default=(0.05, 0.14))
    parser.add_argument("--clusters", type=int, nargs="+", default=(200, 400, 800), help="PCL's clusterings")
    parser.add_argument(
        "--prototype-negatives", type=int, default=128, help="PCL's, beside the prototypes of the batch"
    )
    parser.add_argument("--warmup-epochs", type=int, default=1, help="of PCL, with MoCo's term alone")
    parser.add_argument("--jigsaw-share", type=float, default=0.5, help="of InfoMin's loss")
    parser.add_argument("--minimum-scale", type=float, default=0.2, help="of InfoMin's crops")
    parser.add_argument("--strong-probability", type=float, default=0.5, help="of InfoMin's RandAugment")
    options = parser.parse_args()
    options.strong_size = options.strong_size or options.image_size
    if options.queue % options.batch_size != 0:
        parser.error("--queue must be a multiple of --batch-size")
    if options.batch_size % options.batch_norm_groups != 0:
        parser.error("--batch-size must be a multiple of --batch-norm-groups")
    return options


class ImageFolder(Dataset):
    """Decoded images in memory; an item is an image's index, and the list of views that `views` makes of it."""

    def __init__(self, folder: Path, views):
        classes = sorted(path.name for path in folder.iterdir() if path.is_dir())
        files = [
            (path, label) for label, name in enumerate(classes) for path in sorted((folder / name).iterdir())
        ]
        self.images = [Image.open(path).convert("RGB") for path, _ in files]
        self.labels = torch.tensor([label for _, label in files])
        self.classes = len(classes)
        self.views = views

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[int, list[torch.Tensor]]:
        return index, [torch.from_numpy(np.array(view)) for view in self.views(self.images[index])]


class EvaluationView:
    def __init__(self, size: int):
        self.size = size

    def __call__(self, image: Image.Image) -> list[Image.Image]:
        return [centred(image, self.size)]


MEAN = torch.tensor([0.485, 0.456, 0.406])
STANDARD_DEVIATION = torch.tensor([0.229, 0.224, 0.225])


def normalised(images: torch.Tensor) -> torch.Tensor:
    """uint8 NHWC to float NCHW, in channels-last memory as the permutation leaves it."""
    return ((images / 255 - MEAN) / STANDARD_DEVIATION).permute(0, 3, 1, 2)


def learning_rate(options, step: int, total_steps: int, steps_per_epoch: int) -> float:
    """Rises in a line over the warm-up, then falls as a cosine."""
    warmup = round(options.lr_warmup_epochs * steps_per_epoch)
    if step < warmup:
        return options.lr * (step + 1) / warmup
    return options.lr * 0.5 * (1 + math.cos(math.pi * (step - warmup) / (total_steps - warmup)))


def train_epoch(method, optimizer, loader: DataLoader, first_step: int, total_steps: int) -> dict:
    method.train()
    sums: dict[str, float] = {}
    start = time.perf_counter()
    for step, (indices, views) in enumerate(loader, start=first_step):
        method.indices, method.labels = indices, loader.dataset.labels[indices]
        optimizer.param_groups[0]["lr"] = learning_rate(method.options, step, total_steps, len(loader))
        terms = method.terms(*map(normalised, views))
        optimizer.zero_grad()
        sum(terms.values()).backward()
        if hasattr(method, "after_backward"):
            method.after_backward(epoch=step / len(loader))
        optimizer.step()
        method.after(step / total_steps)
        for name, term in terms.items():
            sums[name] = sums.get(name, 0) + term.item()
    seconds = time.perf_counter() - start
    return {
        "terms": {name: value / len(loader) for name, value in sums.items()},
        "imagesPerSecond": len(loader) * loader.batch_size / seconds,
    }


@torch.no_grad()
def features_of(encoder: nn.Module, data: ImageFolder) -> torch.Tensor:
    encoder.eval()
    batches = DataLoader(data, batch_size=256)
    return torch.cat([F.normalize(encoder(normalised(images)), dim=1) for _, (images,) in batches])


def knn_accuracy(
    encoder: nn.Module, bank: ImageFolder, test: ImageFolder, k: int, temperature: float
) -> float:
    """Wu et al. 2018: the k nearest training images vote, each with weight exp(cosine / temperature)."""
    similarity = features_of(encoder, test) @ features_of(encoder, bank).T
    nearest, indices = similarity.topk(min(k, len(bank)))
    votes = torch.zeros(len(test), bank.classes)
    votes.scatter_add_(1, bank.labels[indices], (nearest / temperature).exp())
    return (votes.argmax(1) == test.labels).float().mean().item()


def main() -> None:
    options = parse_options()
    random.seed(options.seed)
    torch.manual_seed(options.seed)

    options.images = sum(1 for _ in options.data_train.glob("*/*"))
    options.classes = sum(1 for path in options.data_train.iterdir() if path.is_dir())
    method = METHODS[options.method](options)
    train = ImageFolder(options.data_train, method.views)
    bank = copy.copy(train)
    bank.views = EvaluationView(options.image_size)
    test = ImageFolder(options.data_test, EvaluationView(options.image_size))
    loader = DataLoader(
        train,
        options.batch_size,
        shuffle=True,
        drop_last=True,
        num_workers=options.workers,
        persistent_workers=options.workers > 0,
    )

    optimizer = torch.optim.SGD(
        method.trained, options.lr, options.momentum, weight_decay=options.weight_decay
    )
    results = {
        "settings": {
            key: str(value) if isinstance(value, Path) else value for key, value in vars(options).items()
        },
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "images": {"train": len(train), "test": len(test)},
        "evaluations": [],
        "epochs": [],
    }

    def evaluate(epoch: int) -> None:
        accuracy = knn_accuracy(method.encoder, bank, test, options.knn_k, options.knn_temperature)
        results["evaluations"].append({"epoch": epoch, "knn": accuracy})
        print(f"epoch {epoch:4d}  kNN {accuracy:.4f}", flush=True)

    first_epoch = 1
    if options.checkpoint is not None and options.checkpoint.exists():
        kept = torch.load(options.checkpoint, weights_only=False)
        method, optimizer, results = kept["method"], kept["optimizer"], kept["results"]
        first_epoch = len(results["epochs"]) + 1
        random.setstate(kept["random"])
        torch.set_rng_state(kept["torch"])
        print(f"goes on from {options.checkpoint}", flush=True)
    else:
        evaluate(0)
    last_epoch = options.until or options.epochs
    for epoch in range(first_epoch, last_epoch + 1):
        if hasattr(method, "before_epoch"):
            method.before_epoch(epoch - 1, bank, normalised)
        report = train_epoch(
            method, optimizer, loader, (epoch - 1) * len(loader), options.epochs * len(loader)
        )
        results["epochs"].append({"epoch": epoch, **report})
        terms = "  ".join(f"{name} {value:.4f}" for name, value in report["terms"].items())
        print(f"epoch {epoch:4d}  {terms}  {report['imagesPerSecond']:.0f} images/s", flush=True)
        if epoch % options.eval_every == 0 or epoch == last_epoch:
            evaluate(epoch)
        if options.json is not None:
            options.json.write_text(json.dumps(results, indent=1) + "\n")
        if options.checkpoint is not None:
            part = options.checkpoint.with_suffix(".part")
            state = {"random": random.getstate(), "torch": torch.get_rng_state()}
            torch.save({"method": method, "optimizer": optimizer, "results": results, **state}, part)
            part.replace(options.checkpoint)


if __name__ == "__main__":
    main()
