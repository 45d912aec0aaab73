"""MoCo v2, with CLSA's term where asked for, in plain PyTorch on a folder of class folders. Run with --help."""

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

from resnet import resnet18, resnet20
from views import centred, moco_v2, stronger


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--data-train", type=Path, required=True)
    parser.add_argument("--data-test", type=Path, required=True)
    parser.add_argument("--json", type=Path, help="where the results go, rewritten after every epoch")
    parser.add_argument("--encoder", choices=["resnet20", "resnet18"], default="resnet20", help="both with the CIFAR stem")
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--image-size", type=int, default=32)
    parser.add_argument("--no-blur", action="store_true")
    parser.add_argument("--lr", type=float, default=0.06)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--dim", type=int, default=128)
    parser.add_argument("--hidden", type=int, help="width of the head's hidden layer; the encoder's width where absent")
    parser.add_argument("--temperature", type=float, default=0.2)
    parser.add_argument("--queue", type=int, default=4096)
    parser.add_argument("--ema", type=float, default=0.99)
    parser.add_argument("--in-batch-negatives", action="store_true")
    parser.add_argument("--batch-norm-groups", type=int, default=1, help="above 1: Shuffle-BN over this many groups")
    parser.add_argument("--clsa", action="store_true")
    parser.add_argument("--strong-size", type=int, help="side of the strong view; --image-size where absent")
    parser.add_argument("--strong-scale", type=float, nargs=2, default=(0.2, 1.0))
    parser.add_argument("--beta", type=float, default=1.0)
    parser.add_argument("--eval-every", type=int, default=5)
    parser.add_argument("--knn-k", type=int, default=200)
    parser.add_argument("--knn-temperature", type=float, default=0.1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.strong_size = options.strong_size or options.image_size
    if options.queue % options.batch_size != 0:
        parser.error("--queue must be a multiple of --batch-size")
    if options.batch_size % options.batch_norm_groups != 0:
        parser.error("--batch-size must be a multiple of --batch-norm-groups")
    return options


class ImageFolder(Dataset):
    """Decoded images in memory; an item is the list of views that `views` makes of one."""

    def __init__(self, folder: Path, views):
        classes = sorted(path.name for path in folder.iterdir() if path.is_dir())
        files = [(path, label) for label, name in enumerate(classes) for path in sorted((folder / name).iterdir())]
        self.images = [Image.open(path).convert("RGB") for path, _ in files]
        self.labels = torch.tensor([label for _, label in files])
        self.classes = len(classes)
        self.views = views

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> list[torch.Tensor]:
        return [torch.from_numpy(np.array(view)) for view in self.views(self.images[index])]


class TrainingViews:
    def __init__(self, options: argparse.Namespace):
        self.options = options

    def __call__(self, image: Image.Image) -> list[Image.Image]:
        o = self.options
        views = [moco_v2(image, o.image_size, (0.2, 1), not o.no_blur) for _ in range(2)]
        if o.clsa:
            views.append(stronger(moco_v2(image, o.strong_size, o.strong_scale, not o.no_blur)))
        return views


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


class SplitBatchNorm(nn.BatchNorm2d):
    """Each of `groups` contiguous parts of the batch is normalised by its own statistics."""

    groups = 1

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        parts, means, variances = [], [], []
        for part in x.chunk(self.groups):
            mean, variance = self.running_mean.clone(), self.running_var.clone()
            parts.append(F.batch_norm(part, mean, variance, self.weight, self.bias, True, self.momentum, self.eps))
            means.append(mean)
            variances.append(variance)
        self.running_mean.copy_(torch.stack(means).mean(0))
        self.running_var.copy_(torch.stack(variances).mean(0))
        return torch.cat(parts)


class Branch(nn.Module):
    def __init__(self, encoder: nn.Module, hidden: int | None, dim: int):
        super().__init__()
        width = encoder.feature_size
        self.encoder = encoder
        self.head = nn.Sequential(nn.Linear(width, hidden or width), nn.ReLU(), nn.Linear(hidden or width, dim))

    def forward(self, images):
        return F.normalize(self.head(self.encoder(images)), dim=1)


def make_branch(options: argparse.Namespace) -> Branch:
    encoder = resnet20() if options.encoder == "resnet20" else resnet18("cifar")
    if options.batch_norm_groups > 1:
        for module in encoder.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.__class__ = SplitBatchNorm
                module.groups = options.batch_norm_groups
    return Branch(encoder, options.hidden, options.dim).to(memory_format=torch.channels_last)


class Moco:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.online = make_branch(options)
        self.target = copy.deepcopy(self.online)
        self.queue = F.normalize(torch.randn(options.queue, options.dim), dim=1)
        self.next_row = 0

    def losses(self, query_images, key_images, strong_images=None) -> tuple[dict[str, torch.Tensor], float]:
        o = self.options
        queries = self.online(query_images)
        keys = self.keys(key_images)
        candidates = torch.cat([keys, self.queue])

        if o.in_batch_negatives:
            logits = queries @ candidates.T
            labels = torch.arange(len(queries))
        else:
            logits = torch.cat([(queries * keys).sum(1, keepdim=True), queries @ self.queue.T], dim=1)
            labels = torch.zeros(len(queries), dtype=torch.long)
        terms = {"infoNce": F.cross_entropy(logits / o.temperature, labels)}
        accuracy = (logits.argmax(1) == labels).float().mean().item()

        if strong_images is not None:
            targets = (queries.detach() @ candidates.T / o.temperature).softmax(1)
            predictions = self.online(strong_images) @ candidates.T / o.temperature
            terms["ddm"] = F.cross_entropy(predictions, targets)

        self.enqueue(keys)
        return terms, accuracy

    @torch.no_grad()
    def keys(self, images: torch.Tensor) -> torch.Tensor:
        if self.options.batch_norm_groups == 1:
            return self.target(images)
        order = torch.randperm(len(images))
        return self.target(images[order])[order.argsort()]

    def enqueue(self, keys: torch.Tensor) -> None:
        """Into a new tensor: the old one is still needed for the gradient."""
        self.queue = self.queue.clone()
        self.queue[self.next_row : self.next_row + len(keys)] = keys
        self.next_row = (self.next_row + len(keys)) % len(self.queue)

    @torch.no_grad()
    def move_target(self) -> None:
        for average, weight in zip(self.target.parameters(), self.online.parameters()):
            average.lerp_(weight, 1 - self.options.ema)


def train_epoch(moco: Moco, optimizer, loader: DataLoader, first_step: int, total_steps: int) -> dict:
    moco.online.train()
    moco.target.train()
    sums: dict[str, float] = {}
    start = time.perf_counter()
    for step, views in enumerate(loader, start=first_step):
        optimizer.param_groups[0]["lr"] = moco.options.lr * 0.5 * (1 + math.cos(math.pi * step / total_steps))
        terms, accuracy = moco.losses(*map(normalised, views))
        loss = terms["infoNce"] + moco.options.beta * terms.get("ddm", 0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        moco.move_target()
        for name, value in {**{key: term.item() for key, term in terms.items()}, "accuracy": accuracy}.items():
            sums[name] = sums.get(name, 0) + value
    seconds = time.perf_counter() - start
    means = {name: value / len(loader) for name, value in sums.items()}
    return {
        "terms": {name: value for name, value in means.items() if name != "accuracy"},
        "accuracy": means["accuracy"],
        "imagesPerSecond": len(loader) * loader.batch_size / seconds,
    }


@torch.no_grad()
def features_of(encoder: nn.Module, data: ImageFolder) -> torch.Tensor:
    encoder.eval()
    batches = DataLoader(data, batch_size=256)
    return torch.cat([F.normalize(encoder(normalised(images)), dim=1) for (images,) in batches])


def knn_accuracy(encoder: nn.Module, bank: ImageFolder, test: ImageFolder, k: int, temperature: float) -> float:
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

    train = ImageFolder(options.data_train, TrainingViews(options))
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

    moco = Moco(options)
    optimizer = torch.optim.SGD(
        moco.online.parameters(), options.lr, options.momentum, weight_decay=options.weight_decay
    )
    results = {
        "settings": {key: str(value) if isinstance(value, Path) else value for key, value in vars(options).items()},
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "images": {"train": len(train), "test": len(test)},
        "evaluations": [],
        "epochs": [],
    }

    def evaluate(epoch: int) -> None:
        accuracy = knn_accuracy(moco.online.encoder, bank, test, options.knn_k, options.knn_temperature)
        results["evaluations"].append({"epoch": epoch, "knn": accuracy})
        print(f"epoch {epoch:4d}  kNN {accuracy:.4f}", flush=True)

    evaluate(0)
    for epoch in range(1, options.epochs + 1):
        report = train_epoch(moco, optimizer, loader, (epoch - 1) * len(loader), options.epochs * len(loader))
        results["epochs"].append({"epoch": epoch, **report})
        terms = "  ".join(f"{name} {value:.4f}" for name, value in report["terms"].items())
        print(
            f"epoch {epoch:4d}  {terms}  accuracy {report['accuracy']:.3f}  {report['imagesPerSecond']:.0f} images/s",
            flush=True,
        )
        if epoch % options.eval_every == 0 or epoch == options.epochs:
            evaluate(epoch)
        if options.json is not None:
            options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
