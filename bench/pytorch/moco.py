"""MoCo v2, with CLSA's term where asked for."""

import argparse
import copy

import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from resnet import encoder_of
from views import moco_v2, stronger


class SplitBatchNorm(nn.BatchNorm2d):
    """Each of `groups` contiguous parts of the batch is normalised by its own statistics."""

    groups = 1

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        parts, means, variances = [], [], []
        for part in x.chunk(self.groups):
            mean, variance = self.running_mean.clone(), self.running_var.clone()
            parts.append(
                F.batch_norm(part, mean, variance, self.weight, self.bias, True, self.momentum, self.eps)
            )
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
        self.head = nn.Sequential(
            nn.Linear(width, hidden or width), nn.ReLU(), nn.Linear(hidden or width, dim)
        )

    def forward(self, images):
        return F.normalize(self.head(self.encoder(images)), dim=1)


def make_branch(options: argparse.Namespace) -> Branch:
    encoder = encoder_of(options.encoder)
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
        self.encoder = self.online.encoder
        self.trained = list(self.online.parameters())
        self.queue = F.normalize(torch.randn(options.queue, options.dim), dim=1)
        self.next_row = 0

    def train(self) -> None:
        self.online.train()
        self.target.train()

    def views(self, image: Image.Image) -> list[Image.Image]:
        o = self.options
        views = [moco_v2(image, o.image_size, (0.2, 1), not o.no_blur) for _ in range(2)]
        if o.clsa:
            views.append(stronger(moco_v2(image, o.strong_size, o.strong_scale, not o.no_blur)))
        return views

    def terms(self, query_images, key_images, strong_images=None) -> dict[str, torch.Tensor]:
        o = self.options
        queries = self.online(query_images)
        keys = self.keys(key_images)
        terms = {"infoNce": self.info_nce(queries, keys), **self.contrast_more(queries)}

        if strong_images is not None:
            candidates = torch.cat([keys, self.queue])
            targets = (queries.detach() @ candidates.T / o.temperature).softmax(1)
            predictions = self.online(strong_images) @ candidates.T / o.temperature
            terms["ddm"] = o.beta * F.cross_entropy(predictions, targets)

        self.enqueue(keys)
        return terms

    def info_nce(self, queries: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
        o = self.options
        if o.in_batch_negatives:
            logits = queries @ torch.cat([keys, self.queue]).T
            labels = torch.arange(len(queries))
        else:
            logits = torch.cat([(queries * keys).sum(1, keepdim=True), queries @ self.queue.T], dim=1)
            labels = torch.zeros(len(queries), dtype=torch.long)
        return F.cross_entropy(logits / o.temperature, labels)

    def contrast_more(self, queries: torch.Tensor) -> dict[str, torch.Tensor]:
        """Further terms of methods that are MoCo and more."""
        return {}

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
    def after(self, progress: float) -> None:
        for average, weight in zip(self.target.parameters(), self.online.parameters()):
            average.lerp_(weight, 1 - self.options.ema)
