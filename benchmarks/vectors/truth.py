"""Exact nearest neighbours of queries, for the recall of every program that runs on the set.

A float32 matrix product finds twice as many candidates as are wanted, double precision orders them.
"""

import hashlib
import os

import numpy as np


def read_fvecs(path):
    """Row-major n × d, mapped."""
    d = int(np.fromfile(path, dtype="<i4", count=1)[0])
    return np.memmap(path, dtype="<f4", mode="r").reshape(-1, d + 1)[:, 1:]


def nearest(base, queries, metric, k, chunk=50_000):
    """Ids n × k, nearest first, ties by id; under `cosine` all rows are normalised first."""
    base, queries = np.asarray(base, np.float32), np.asarray(queries, np.float32)
    if metric == "cosine":
        base, queries = normalised(base), normalised(queries)
    half = 0.5 * np.einsum("ij,ij->i", base, base) if metric == "l2" else np.zeros(len(base), np.float32)
    kept = min(len(base), 2 * k + 10)
    ids = np.empty((len(queries), k), np.int32)
    for start in range(0, len(queries), 1000):
        block = queries[start : start + 1000]
        best_scores = np.empty((len(block), 0), np.float32)
        best_ids = np.empty((len(block), 0), np.int64)
        for row in range(0, len(base), chunk):
            scores = block @ base[row : row + chunk].T - half[row : row + chunk]
            if best_scores.shape[1] < kept:
                candidates = [np.arange(scores.shape[1])] * len(block)
            else:
                better = scores > best_scores.min(axis=1)[:, None]
                candidates = [np.flatnonzero(line) for line in better]
            width = max(best_scores.shape[1], min(kept, best_scores.shape[1] + scores.shape[1]))
            merged_scores = np.empty((len(block), width), np.float32)
            merged_ids = np.empty((len(block), width), np.int64)
            for q, found in enumerate(candidates):
                all_scores = np.concatenate([best_scores[q], scores[q, found]])
                all_ids = np.concatenate([best_ids[q], found + row])
                top = np.argpartition(-all_scores, width - 1)[:width]
                merged_scores[q], merged_ids[q] = all_scores[top], all_ids[top]
            best_scores, best_ids = merged_scores, merged_ids
        for q, found in enumerate(best_ids):
            ids[start + q] = ordered(base[found].astype(np.float64), block[q].astype(np.float64), found, metric)[:k]
    return ids


def normalised(rows):
    norms = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    return (rows / np.where(norms > 0, norms, 1)).astype(np.float32)


def ordered(rows, query, ids, metric):
    distances = ((rows - query) ** 2).sum(axis=1) if metric == "l2" else -(rows @ query)
    return ids[np.lexsort((ids, distances))]


def fingerprint(path):
    """Short text that changes with a file: of its size and time of change."""
    stat = os.stat(path)
    return hashlib.sha256(f"{stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()[:8]


def cached(base_path, queries_path, metric, k, folder):
    """Path of an .ivecs file, computed once for these files."""
    name = os.path.basename(base_path).split(".")[0]
    queries = read_fvecs(queries_path)
    path = os.path.join(folder, f"{name}-{metric}-{fingerprint(base_path)}-{fingerprint(queries_path)}-{len(queries)}x{k}.truth.ivecs")
    if not os.path.exists(path):
        ids = nearest(read_fvecs(base_path), queries, metric, k)
        lengths = np.full((len(ids), 1), k, np.int32)
        np.hstack([lengths, ids]).astype("<i4").tofile(path + ".part")
        os.replace(path + ".part", path)
    return path
