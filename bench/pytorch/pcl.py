"""PCL v2: MoCo, whose queries are also drawn to the centroids of their clusters. k-means is faiss's, as in the
authors' code.
"""

import argparse

import faiss
import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

from moco import Moco


class Pcl(Moco):
    def __init__(self, options: argparse.Namespace):
        super().__init__(options)
        self.clusterings = []

    @torch.no_grad()
    def before_epoch(self, epoch: int, images: Dataset, normalised) -> None:
        """The expectation step: the momentum encoder in inference mode, images under the evaluation view."""
        o = self.options
        if epoch < o.warmup_epochs:
            return
        self.target.eval()
        embeddings = torch.cat([self.target(normalised(x)) for _, (x,) in DataLoader(images, 256)])
        self.clusterings = [self.cluster(embeddings.numpy(), count, epoch) for count in o.clusters]

    def cluster(self, embeddings: np.ndarray, clusters: int, epoch: int) -> tuple:
        """run_kmeans of main_pcl.py."""
        kmeans = faiss.Kmeans(
            embeddings.shape[1],
            clusters,
            niter=20,
            nredo=1,
            seed=1000 * self.options.seed + epoch,
            max_points_per_centroid=len(embeddings),
            min_points_per_centroid=1,
        )
        kmeans.train(embeddings)
        squared_distances, labels = (found[:, 0] for found in kmeans.index.search(embeddings, 1))
        prototypes = F.normalize(torch.from_numpy(kmeans.centroids), dim=1)
        densities = density(squared_distances, labels, clusters, self.options.temperature)
        return torch.from_numpy(labels), prototypes, torch.from_numpy(densities).float()

    def contrast_more(self, queries: torch.Tensor) -> dict[str, torch.Tensor]:
        if not self.clusterings:
            return {}
        losses = [self.prototype_loss(queries, *clustering) for clustering in self.clusterings]
        return {"prototypes": sum(losses) / len(losses)}

    def prototype_loss(self, queries, labels, prototypes, densities) -> torch.Tensor:
        """pcl/builder.py."""
        assigned = labels[self.indices]
        others = torch.ones(len(prototypes), dtype=torch.bool)
        others[assigned] = False
        others = others.nonzero()[:, 0]
        drawn = others[torch.randperm(len(others))[: self.options.prototype_negatives]]
        columns = torch.cat([assigned, drawn])
        logits = queries @ prototypes[columns].T / densities[columns]
        return F.cross_entropy(logits, torch.arange(len(queries)))


def density(
    squared_distances: np.ndarray, labels: np.ndarray, clusters: int, temperature: float
) -> np.ndarray:
    """The end of run_kmeans."""
    of_cluster = [np.sqrt(squared_distances[labels == c]) for c in range(clusters)]
    found = np.array([d.mean() / np.log(len(d) + 10) if len(d) > 1 else 0 for d in of_cluster])
    for c, distances in enumerate(of_cluster):
        if len(distances) <= 1:
            found[c] = max(found)
    found = found.clip(np.percentile(found, 10), np.percentile(found, 90))
    return temperature * found / found.mean()
