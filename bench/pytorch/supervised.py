"""A classifier: cross-entropy of the labels."""

import argparse

import torch
import torch.nn.functional as F
from PIL import Image, ImageOps
from torch import nn

from resnet import encoder_of
from views import half_of_the_time, random_resized_crop


class Supervised:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.encoder = encoder_of(options.encoder)
        classifier = nn.Linear(self.encoder.feature_size, options.classes)
        self.network = nn.Sequential(self.encoder, classifier).to(memory_format=torch.channels_last)
        self.trained = list(self.network.parameters())

    def train(self) -> None:
        self.network.train()

    def views(self, image: Image.Image) -> list[Image.Image]:
        image = random_resized_crop(image, self.options.image_size, (0.08, 1))
        return [half_of_the_time(ImageOps.mirror, image)]

    def terms(self, images) -> dict[str, torch.Tensor]:
        """train.py sets `labels`."""
        return {"crossEntropy": F.cross_entropy(self.network(images), self.labels)}

    def after(self, progress: float) -> None:
        pass
