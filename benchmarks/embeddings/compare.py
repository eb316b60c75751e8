#!/usr/bin/python3
"""Compares item2vec with Debian's fastText in one run: words/s at the same settings, and the quality of both.

    dotnet build benchmarks/Siskin.Benchmarks -c Release
    benchmarks/embeddings/compare.py [--items 30000] [--words 2000000] [--threads 1 2]

The corpus is made: every line takes its ids from one of the topics (Zipf within a topic), some from anywhere. Purity
is the share of the ten nearest items by cosine that are of the same topic, over a sample of items. Both rates are over
the time of training alone, all threads together: fastText's own words/sec/thread times its threads, and ours.
"""
import argparse
import pathlib
import re
import subprocess
import tempfile

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
OURS = HERE.parent / "Siskin.Benchmarks/bin/Release/net10.0/Siskin.Benchmarks.dll"
LINE = 20
NEIGHBOURS = 10


def write_corpus(path, items, topics, words, noise, seed):
    random = np.random.default_rng(seed)
    topic_of = random.integers(topics, size=items)
    members = [np.flatnonzero(topic_of == t) for t in range(topics)]
    shares = [1 / np.arange(1, len(m) + 1) for m in members]
    shares = [s / s.sum() for s in shares]
    with open(path, "w") as out:
        for _ in range(words // LINE):
            t = random.integers(topics)
            line = random.choice(members[t], LINE, p=shares[t])
            other = random.random(LINE) < noise
            line[other] = random.integers(items, size=other.sum())
            out.write(" ".join(map(str, line)) + "\n")
    return topic_of


def purity(path, topic_of, seed):
    ids, vectors = [], []
    with open(path) as lines:
        next(lines)
        for line in lines:
            name, *numbers = line.split()
            if name.isdigit():
                ids.append(int(name))
                vectors.append(np.array(numbers, np.float32))
    ids, vectors = np.array(ids), np.array(vectors)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    sample = np.random.default_rng(seed).choice(len(ids), min(2000, len(ids)), replace=False)
    scores = vectors[sample] @ vectors.T
    scores[np.arange(len(sample)), sample] = -2
    near = np.argpartition(-scores, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    return (topic_of[ids[near]] == topic_of[ids[sample]][:, None]).mean()


def run_fasttext(corpus, folder, threads):
    out = folder / "fasttext"
    run = subprocess.run(
        ["fasttext", "skipgram", "-input", corpus, "-output", out, "-maxn", "0", "-dim", "100", "-ws", "5", "-neg", "5",
         "-epoch", "5", "-minCount", "1", "-thread", str(threads)], capture_output=True, text=True, check=True)
    rate = int(re.findall(r"words/sec/thread:\s*(\d+)", run.stdout + run.stderr)[-1]) * threads
    return rate, out.with_suffix(".vec")


def run_ours(corpus, folder, threads, share):
    out = folder / "ours.vec"
    run = subprocess.run(
        ["dotnet", OURS, "item2vec", "--corpus", corpus, "--threads", str(threads), "--share", str(share), "--out", out],
        capture_output=True, text=True, check=True)
    return int(re.search(r"words/s (\d+)", run.stdout)[1]), out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=30_000)
    parser.add_argument("--topics", type=int, default=300)
    parser.add_argument("--words", type=int, default=2_000_000)
    parser.add_argument("--noise", type=float, default=0.3)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        corpus = folder / "corpus.txt"
        topic_of = write_corpus(corpus, a.items, a.topics, a.words, a.noise, a.seed)
        print(f"{'program':<22}{'threads':>8}{'words/s':>12}{'ratio':>8}{'purity':>9}")
        for threads in a.threads:
            base, vectors = run_fasttext(corpus, folder, threads)
            print(f"{'fastText':<22}{threads:>8}{base:>12}{1:>8.2f}{purity(vectors, topic_of, a.seed):>9.4f}", flush=True)
            for share, label in ((0, "ours"), (1, "ours, shared negatives")):
                rate, vectors = run_ours(corpus, folder, threads, share)
                print(f"{label:<22}{threads:>8}{rate:>12}{rate / base:>8.2f}{purity(vectors, topic_of, a.seed):>9.4f}", flush=True)


if __name__ == "__main__":
    main()
