"""SwAV, with small crops and a queue where asked for."""

import argparse

import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from resnet import encoder_of
from views import swav


class Swav:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.encoder = encoder_of(options.encoder).to(memory_format=torch.channels_last)
        width = self.encoder.feature_size
        self.head = nn.Sequential(
            nn.Linear(width, options.hidden or width, bias=False),
            nn.BatchNorm1d(options.hidden or width),
            nn.ReLU(),
            nn.Linear(options.hidden or width, options.dim),
        )
        self.prototypes = nn.Linear(options.dim, options.prototypes, bias=False).weight
        self.normalise_prototypes()
        self.trained = [*self.encoder.parameters(), *self.head.parameters(), self.prototypes]
        self.queues = torch.zeros(2, options.queue, options.dim)
        self.queued = 0  # batches

    def train(self) -> None:
        self.encoder.train()
        self.head.train()

    def views(self, image: Image.Image) -> list[Image.Image]:
        o = self.options
        crops = [(o.image_size, o.large_scale)] * 2 + [(o.small_size, o.small_scale)] * o.small_crops
        return [swav(image, size, scale, o.color_strength, not o.no_blur) for size, scale in crops]

    def terms(self, *crops) -> dict[str, torch.Tensor]:
        """The encoder once for each size, the head once over all crops; main_swav.py of
        facebookresearch/swav.
        """
        large, small = torch.cat(crops[:2]), crops[2:]
        features = [self.encoder(large)] + ([self.encoder(torch.cat(small))] if small else [])
        embeddings = F.normalize(self.head(torch.cat(features)), dim=1)
        scores = (embeddings @ self.prototypes.T).chunk(len(crops))
        self.embeddings = embeddings.detach().chunk(len(crops))[:2]
        losses = []
        for i in range(2):
            codes = self.codes(scores[i].detach(), self.queues[i])
            others = [each for v, each in enumerate(scores) if v != i]
            losses.append(
                sum(F.cross_entropy(each / self.options.temperature, codes) for each in others) / len(others)
            )
        return {"swappedPrediction": sum(losses) / 2}

    @torch.no_grad()
    def codes(self, scores: torch.Tensor, queue: torch.Tensor) -> torch.Tensor:
        batch = len(scores)
        if len(queue) > 0 and self.queued * batch >= len(queue):
            scores = torch.cat([scores, queue @ self.prototypes.T])
        q = (scores / self.options.epsilon).exp()
        for _ in range(3):
            q /= q.sum(0, keepdim=True)
            q /= q.sum(1, keepdim=True)
        return q[:batch]

    def after_backward(self, epoch: float) -> None:
        """Frozen prototypes have no gradient: no momentum and no weight decay."""
        if epoch < self.options.freeze_prototypes:
            self.prototypes.grad = None

    @torch.no_grad()
    def normalise_prototypes(self) -> None:
        self.prototypes.copy_(F.normalize(self.prototypes, dim=1))

    @torch.no_grad()
    def after(self, progress: float) -> None:
        o = self.options
        self.normalise_prototypes()
        if o.queue == 0 or progress * o.epochs < o.queue_from_epoch:
            return
        batch = len(self.embeddings[0])
        first = self.queued * batch % o.queue
        for queue, rows in zip(self.queues, self.embeddings):
            queue[first : first + batch] = rows
        self.queued += 1
