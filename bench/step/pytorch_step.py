"""Speed of one training step in PyTorch, on images already in memory.

Once: --case moco-resnet20 --steps 20. As a server: --serve, then lines "run <case> <steps>" on stdin; each is answered by one
line of JSON, and what a case needs stays warm between runs.
"""

import argparse
import copy
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "pytorch"))

import torch
import torch.nn.functional as F
from torch import nn

from resnet import ResNet, resnet18, resnet20

IMAGE, DIM, QUEUE, TEMPERATURE, EMA = 32, 128, 4096, 0.2, 0.99
WARM_UP_STEPS = 3


@dataclass
class Case:
    encoder: Callable[[], ResNet]
    batch: int
    clsa: bool


CASES = {
    "moco-resnet20": Case(resnet20, 128, clsa=False),
    "clsa-resnet20": Case(resnet20, 128, clsa=True),
    "moco-resnet18": Case(lambda: resnet18("cifar"), 64, clsa=False),
    "clsa-resnet18": Case(lambda: resnet18("cifar"), 64, clsa=True),
}


class Branch(nn.Module):
    def __init__(self, encoder: ResNet):
        super().__init__()
        width = encoder.feature_size
        self.encoder = encoder
        self.head = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, DIM))

    def forward(self, images):
        return F.normalize(self.head(self.encoder(images)), dim=1)


class Step:
    """Query forward and backward, with CLSA also a strong view's, key forward, SGD, moving average and queue."""

    def __init__(self, case: Case, memory_format: torch.memory_format):
        torch.manual_seed(0)
        self.clsa = case.clsa
        self.online = Branch(case.encoder()).to(memory_format=memory_format).train()
        self.target = copy.deepcopy(self.online).requires_grad_(False)
        self.optimizer = torch.optim.SGD(self.online.parameters(), 0.03, 0.9, weight_decay=5e-4)
        self.queue = F.normalize(torch.randn(QUEUE, DIM), dim=1)
        self.next_row = 0
        self.views = [
            torch.randn(case.batch, 3, IMAGE, IMAGE).to(memory_format=memory_format) for _ in range(2 + case.clsa)
        ]
        self.labels = torch.zeros(case.batch, dtype=torch.long)

    def __call__(self) -> float:
        queries = self.online(self.views[0])
        with torch.no_grad():
            keys = self.target(self.views[1])
        negatives = queries @ self.queue.T
        logits = torch.cat([(queries * keys).sum(1, keepdim=True), negatives], dim=1) / TEMPERATURE
        loss = F.cross_entropy(logits, self.labels)
        if self.clsa:
            candidates = torch.cat([keys, self.queue])
            targets = (queries.detach() @ candidates.T / TEMPERATURE).softmax(1)
            loss = loss + F.cross_entropy(self.online(self.views[2]) @ candidates.T / TEMPERATURE, targets)

        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(list(self.target.parameters()), list(self.online.parameters()), 1 - EMA)
            self.queue[self.next_row : self.next_row + len(keys)] = keys
        self.next_row = (self.next_row + len(keys)) % QUEUE
        return loss.item()


MEMORY_FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


class Runner:
    """Keeps, for every case that was asked for, its step in the fastest of the memory formats."""

    def __init__(self, memory_formats: list[str]):
        self.memory_formats = memory_formats
        self.steps: dict[str, tuple[str, Step]] = {}

    def run(self, name: str, count: int) -> dict:
        if name not in self.steps:
            self.steps[name] = self.fastest(CASES[name])
        memory_format, step = self.steps[name]
        seconds = timed(step, count)
        return {
            "name": name,
            "memoryFormat": memory_format,
            "steps": count,
            "imagesPerSecond": round(CASES[name].batch * count / seconds, 2),
            "msPerStep": round(1000 * seconds / count, 2),
            "peakRssMb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        }

    def fastest(self, case: Case) -> tuple[str, Step]:
        candidates = {name: Step(case, MEMORY_FORMATS[name]) for name in self.memory_formats}
        for step in candidates.values():
            timed(step, WARM_UP_STEPS)
        return min(candidates.items(), key=lambda item: timed(item[1], WARM_UP_STEPS))


def timed(step: Step, count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        step()
    return time.perf_counter() - start


def serve(runner: Runner) -> None:
    for line in sys.stdin:
        _, name, count = line.split()
        print(json.dumps(runner.run(name, int(count))), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", choices=list(CASES), default="moco-resnet20")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, help="PyTorch's own choice where absent")
    parser.add_argument("--memory-format", choices=list(MEMORY_FORMATS), help="the faster one where absent")
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    runner = Runner([options.memory_format] if options.memory_format else list(MEMORY_FORMATS))
    if options.serve:
        serve(runner)
    else:
        print(json.dumps(runner.run(options.case, options.steps)))


if __name__ == "__main__":
    main()
