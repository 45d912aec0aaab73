"""InfoMin Aug: MoCo with stronger views, whose keys are also told apart by the patches of a jigsaw."""

import argparse

import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from moco import Moco
from views import infomin, jigsaw_patches

PATCHES = 9


class Infomin(Moco):
    def __init__(self, options: argparse.Namespace):
        super().__init__(options)
        width = self.encoder.feature_size
        self.of_patch = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, options.dim))
        self.of_all = nn.Linear(PATCHES * options.dim, options.dim)
        self.trained += [*self.of_patch.parameters(), *self.of_all.parameters()]

    def views(self, image: Image.Image) -> list[Image.Image]:
        size = self.options.image_size
        whole = (size, self.options.minimum_scale, self.options.strong_probability)
        return [infomin(image, *whole), infomin(image, *whole), *jigsaw_patches(image, size)]

    def terms(self, query_images, key_images, *patches) -> dict[str, torch.Tensor]:
        queries = self.online(query_images)
        keys = self.keys(key_images)
        jigsaw = self.jigsaw(torch.stack(patches, dim=1))
        share = self.options.jigsaw_share
        terms = {
            "infoNce": (1 - share) * self.info_nce(queries, keys),
            "jigsaw": share * self.info_nce(jigsaw, keys),
        }
        self.enqueue(keys)
        return terms

    def jigsaw(self, patches: torch.Tensor) -> torch.Tensor:
        """JigsawHead of networks/util.py: the patches in a random order, another one for each image."""
        batch = len(patches)
        each = self.of_patch(self.encoder(patches.flatten(0, 1))).reshape(batch, PATCHES, -1)
        orders = torch.rand(batch, PATCHES).argsort(dim=1)
        in_order = each.gather(1, orders[:, :, None].expand_as(each))
        return F.normalize(self.of_all(in_order.flatten(1)), dim=1)
