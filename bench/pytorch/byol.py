"""BYOL."""

import argparse
import copy
import math

import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from resnet import encoder_of
from views import byol_without_blur


def mlp(inputs: int, hidden: int, dim: int) -> nn.Module:
    return nn.Sequential(
        nn.Linear(inputs, hidden, bias=False),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Linear(hidden, dim, bias=False),
    )


class Byol:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.encoder = encoder_of(options.encoder)
        width = self.encoder.feature_size
        hidden = options.hidden or width
        online = nn.Sequential(self.encoder, mlp(width, hidden, options.dim))
        self.online = online.to(memory_format=torch.channels_last)
        self.target = copy.deepcopy(self.online)
        self.predictor = mlp(options.dim, hidden, options.dim)
        self.trained = [*self.online.parameters(), *self.predictor.parameters()]

    def train(self) -> None:
        self.online.train()
        self.target.train()
        self.predictor.train()

    def views(self, image: Image.Image) -> list[Image.Image]:
        return [byol_without_blur(image, self.options.image_size) for _ in range(2)]

    def terms(self, first, second) -> dict[str, torch.Tensor]:
        """Eq. 2 of arXiv:2006.07733 and its mirror image; each view passes alone, as in the authors' code."""
        predictions = [self.predictor(self.online(view)) for view in (first, second)]
        with torch.no_grad():
            projections = [self.target(view) for view in (first, second)]
        return {
            "regression": sum(
                (F.normalize(prediction, dim=1) - F.normalize(projection, dim=1)).square().sum(1).mean()
                for prediction, projection in zip(predictions, reversed(projections))
            )
        }

    @torch.no_grad()
    def after(self, progress: float) -> None:
        momentum = 1 - (1 - self.options.ema) * (math.cos(math.pi * progress) + 1) / 2
        for average, weight in zip(self.target.parameters(), self.online.parameters()):
            average.lerp_(weight, 1 - momentum)
