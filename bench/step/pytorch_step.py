"""The step of one case of cases.json in PyTorch, timed as often as stdin asks; run.mjs runs it beside
tssl-step.mjs.

    echo 5 | bench/.venv/bin/python bench/step/pytorch_step.py --case resnet20-moco --variant channels_last

Warms up and prints one line of JSON; then answers each line of stdin, a number of steps, with another.
"""

import argparse
import copy
import ctypes
import json
import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "pytorch"))

import torch
import torch.nn.functional as F
from torch import nn

from resnet import ResNet, resnet18, resnet20, resnet50

DEFINITIONS = json.loads((HERE / "cases.json").read_text())
SETTINGS = DEFINITIONS["settings"]
ENCODERS = {"resnet20": resnet20, "resnet18": resnet18, "resnet50": resnet50}
WARM_UP_STEPS = 2


class Branch(nn.Module):
    def __init__(self, encoder: ResNet):
        super().__init__()
        width = encoder.feature_size
        self.encoder = encoder
        self.head = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, SETTINGS["dim"]))

    def forward(self, images):
        return F.normalize(self.head(self.encoder(images)), dim=1)


class Step:
    """From bytes: query forward and backward, with CLSA a strong view's too, key forward, SGD, average and
    queue.
    """

    def __init__(self, case: dict, memory_format: torch.memory_format, compiled: bool):
        torch.manual_seed(0)
        batch = case["batch"]
        encoder = ENCODERS[case["encoder"]](*([case["stem"]] if "stem" in case else []))
        self.online = Branch(encoder).to(memory_format=memory_format).train()
        self.target = copy.deepcopy(self.online).requires_grad_(False)
        self.optimizer = torch.optim.SGD(
            self.online.parameters(),
            SETTINGS["learningRate"],
            SETTINGS["momentum"],
            weight_decay=SETTINGS["weightDecay"],
            fused=True,
        )
        self.followers = list(self.target.parameters())
        self.leaders = list(self.online.parameters())
        self.queue = F.normalize(torch.randn(SETTINGS["queue"], SETTINGS["dim"]), dim=1)
        self.next_row = 0
        sides = [case["size"], case["size"]] + ([case["strongSize"]] if "strongSize" in case else [])
        self.views = [
            torch.randint(256, (batch, 3, side, side), dtype=torch.uint8).to(memory_format=memory_format)
            for side in sides
        ]
        mean, deviation = (torch.tensor(SETTINGS[name]).view(3, 1, 1) for name in ("mean", "deviation"))
        self.scale, self.offset = 1 / (255 * deviation), -mean / deviation
        self.labels = torch.zeros(batch, dtype=torch.long)
        if compiled:  # each network by itself: faster here than normalisation, networks and losses as one
            self.online.compile()
            self.target.compile()

    def losses(self, views: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        query_images, key_images, *strong_images = [view * self.scale + self.offset for view in views]
        queries = self.online(query_images)
        with torch.no_grad():
            keys = self.target(key_images)
        positives = (queries * keys).sum(1, keepdim=True)
        logits = torch.cat([positives, queries @ self.queue.T], dim=1) / SETTINGS["temperature"]
        loss = F.cross_entropy(logits, self.labels)
        for images in strong_images:
            candidates = torch.cat([keys, self.queue])
            targets = (queries.detach() @ candidates.T / SETTINGS["temperature"]).softmax(1)
            loss = loss + F.cross_entropy(
                self.online(images) @ candidates.T / SETTINGS["temperature"], targets
            )
        return loss, keys

    def __call__(self) -> float:
        loss, keys = self.losses(self.views)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.followers, self.leaders, 1 - SETTINGS["ema"])
            self.queue[self.next_row : self.next_row + len(keys)] = keys
        self.next_row = (self.next_row + len(keys)) % len(self.queue)
        return loss.item()


MEMORY_FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
# A memory format, then what is done besides. torch.compile chooses its layouts itself.
VARIANTS = [
    "contiguous",
    "channels_last",
    "channels_last+malloc",
    "channels_last+compile",
    "channels_last+compile+malloc",
]


def keep_freed_memory() -> None:
    """glibc hands every large tensor back to the system, and takes new pages for the next; this makes it keep them."""
    trim_threshold, mmap_max = -1, -4  # of malloc.h
    libc = ctypes.CDLL(None)
    libc.mallopt(mmap_max, 0)
    libc.mallopt(trim_threshold, -1)


def answer(**values) -> None:
    print(json.dumps(values), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--case", choices=list(DEFINITIONS["cases"]), required=True)
    parser.add_argument("--variant", choices=VARIANTS, default="channels_last")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    memory_format, *extras = options.variant.split("+")
    if "malloc" in extras:
        keep_freed_memory()
    compiled = "compile" in extras
    step = Step(DEFINITIONS["cases"][options.case], MEMORY_FORMATS[memory_format], compiled)
    try:
        for _ in range(WARM_UP_STEPS):
            step()
    except Exception as error:
        if not compiled:
            raise
        # TorchInductor needs a C++ compiler, and does not know every processor.
        answer(unavailable=f"torch.compile: {str(error).splitlines()[0]}")
        return
    answer(
        parameters=sum(parameter.numel() for parameter in step.leaders),
        threads=torch.get_num_threads(),
        version=f"PyTorch {torch.__version__}",
    )

    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            loss = step()
        answer(seconds=time.perf_counter() - start, loss=loss)


if __name__ == "__main__":
    main()
