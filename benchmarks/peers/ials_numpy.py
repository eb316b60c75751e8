"""One thread of plain numpy doing the same iALS epochs, for the ratio to `ials` of Siskin.Benchmarks.

Run beside it, on the same file:
    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 /usr/bin/python3 benchmarks/peers/ials_numpy.py train.txt [dims] [epochs]
"""

import statistics
import sys
import time

import numpy as np


def read(path):
    users = []
    with open(path, encoding="ascii") as lines:
        for line in lines:
            numbers = [int(field) for field in line.split()]
            if numbers:
                while len(users) <= numbers[0]:
                    users.append(np.zeros(0, dtype=np.int64))
                users[numbers[0]] = np.array(numbers[1:], dtype=np.int64)
    return users


def transpose(rows, count):
    columns = [[] for _ in range(count)]
    for row, entries in enumerate(rows):
        for column in entries:
            columns[column].append(row)
    return [np.array(entries, dtype=np.int64) for entries in columns]


def solve_side(rows, fixed, solved, alpha, regularization):
    d = fixed.shape[1]
    gramian = alpha * (fixed.T @ fixed)
    identity = np.eye(d, dtype=np.float32)
    for row, entries in enumerate(rows):
        if len(entries) == 0:
            solved[row] = 0
            continue
        h = fixed[entries]
        ridge = regularization * (len(entries) + alpha * len(fixed))
        solved[row] = np.linalg.solve(gramian + h.T @ h + ridge * identity, h.sum(axis=0))


def main():
    d = int(sys.argv[2]) if len(sys.argv) > 2 else 64
    epochs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    users = read(sys.argv[1])
    items = transpose(users, 1 + max(int(entries.max()) for entries in users if len(entries)))
    h = np.random.default_rng(1).normal(0, 0.1 / np.sqrt(d), (len(items), d)).astype(np.float32)
    w = np.zeros((len(users), d), dtype=np.float32)
    seconds = []
    for _ in range(epochs):
        start = time.perf_counter()
        solve_side(users, h, w, np.float32(0.1), np.float32(0.003))
        solve_side(items, w, h, np.float32(0.1), np.float32(0.003))
        seconds.append(time.perf_counter() - start)
    print(f"numpy {np.__version__}, d = {d}: {statistics.median(seconds):.3f} s per epoch (median of {epochs})")


if __name__ == "__main__":
    main()
