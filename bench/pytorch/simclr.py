"""SimCLR."""

import argparse

import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from resnet import encoder_of
from views import simclr_without_blur


class Simclr:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.encoder = encoder_of(options.encoder)
        width = self.encoder.feature_size
        last_norm = nn.BatchNorm1d(options.dim)
        last_norm.register_parameter("bias", None)
        head = nn.Sequential(
            nn.Linear(width, options.hidden or width, bias=False),
            nn.BatchNorm1d(options.hidden or width),
            nn.ReLU(),
            nn.Linear(options.hidden or width, options.dim, bias=False),
            last_norm,
        )
        self.network = nn.Sequential(self.encoder, head).to(memory_format=torch.channels_last)
        self.trained = list(self.network.parameters())

    def train(self) -> None:
        self.network.train()

    def views(self, image: Image.Image) -> list[Image.Image]:
        o = self.options
        return [simclr_without_blur(image, o.image_size, o.color_strength) for _ in range(2)]

    def terms(self, first, second) -> dict[str, torch.Tensor]:
        """Algorithm 1 of arXiv:2002.05709, the mean over 2N; one pass over both views, as in the authors'
        code.
        """
        n = len(first)
        rows = F.normalize(self.network(torch.cat([first, second])), dim=1)
        logits = (rows @ rows.T / self.options.temperature).masked_fill(
            torch.eye(2 * n, dtype=torch.bool), -torch.inf
        )
        return {"ntXent": F.cross_entropy(logits, (torch.arange(2 * n) + n) % (2 * n))}

    def after(self, progress: float) -> None:
        pass
