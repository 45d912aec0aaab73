"""K-means by faiss or scikit-learn on rows in a file, from its first rows: seconds and objective, as JSON."""

import json
import sys
import time

import numpy as np

program, file = sys.argv[1:3]
count, dim, clusters, iterations, threads = map(int, sys.argv[3:])
points = np.fromfile(file, dtype=np.float32).reshape(count, dim)
start = points[:clusters].copy()


def by_faiss() -> float:
    clustering = faiss.Clustering(dim, clusters)
    clustering.niter = iterations
    clustering.max_points_per_centroid = count
    faiss.copy_array_to_vector(start.ravel(), clustering.centroids)
    index = faiss.IndexFlatL2(dim)
    clustering.train(points, index)
    distances, _ = index.search(points, 1)
    return float(distances.sum(dtype=np.float64))


def by_scikit_learn() -> float:
    found = KMeans(clusters, init=start, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd")
    return float(found.fit(points).inertia_)


if program == "faiss":
    import faiss

    faiss.omp_set_num_threads(threads)
    run = by_faiss
else:
    from sklearn.cluster import KMeans

    run = by_scikit_learn

begun = time.perf_counter()
objective = run()
print(json.dumps({"seconds": time.perf_counter() - begun, "objective": objective}))
