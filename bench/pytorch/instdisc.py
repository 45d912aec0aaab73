"""InstDisc: the softmax over a bank of all images, NCE, or the softmax over a sample of the bank."""

import argparse
import math

import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from resnet import encoder_of
from views import instdisc_cifar

NCE_EPSILON = 1e-7


class Instdisc:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.encoder = encoder_of(options.encoder)
        head = nn.Linear(self.encoder.feature_size, options.dim)
        self.network = nn.Sequential(self.encoder, head).to(memory_format=torch.channels_last)
        self.trained = list(self.network.parameters())
        spread = math.sqrt(3 / options.dim)  # the authors' first rows: length 1 in the mean
        self.bank = (torch.rand(options.images, options.dim) * 2 - 1) * spread
        self.z = -1.0

    def train(self) -> None:
        self.network.train()

    def views(self, image: Image.Image) -> list[Image.Image]:
        return [instdisc_cifar(image, self.options.image_size)]

    def terms(self, images) -> dict[str, torch.Tensor]:
        """`indices` says which rows of the bank the images have; train.py sets it."""
        o = self.options
        self.queries = F.normalize(self.network(images), dim=1)
        if o.loss == "softmax":
            return {"softmax": F.cross_entropy(self.queries @ self.bank.T / o.temperature, self.indices)}
        drawn = torch.randint(len(self.bank), (len(images), o.negatives))
        rows = self.bank[torch.cat([self.indices[:, None], drawn], dim=1)]
        logits = torch.bmm(rows, self.queries[:, :, None])[:, :, 0] / o.temperature
        if o.loss == "sampled-softmax":
            return {"sampledSoftmax": F.cross_entropy(logits, torch.zeros(len(images), dtype=torch.long))}
        return {"nce": self.nce(logits)}

    def nce(self, logits: torch.Tensor) -> torch.Tensor:
        """lib/NCEAverage.py and lib/NCECriterion.py of zhirongw/lemniscate.pytorch."""
        if self.z < 0:
            self.z = logits.exp().mean().item() * len(self.bank)
        p = logits.exp() / self.z
        noise = self.options.negatives / len(self.bank)
        own = p[:, 0] / (p[:, 0] + noise + NCE_EPSILON)
        others = noise / (p[:, 1:] + noise + NCE_EPSILON)
        return -(own.log().sum() + others.log().sum()) / len(logits)

    @torch.no_grad()
    def after(self, progress: float) -> None:
        keep = self.options.keep
        mixed = keep * self.bank[self.indices] + (1 - keep) * self.queries
        self.bank[self.indices] = F.normalize(mixed, dim=1)
