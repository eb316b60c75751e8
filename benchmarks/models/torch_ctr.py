"""DeepFM, DIN and DIEN in PyTorch on the CPU: the peer that Siskin's training speed is measured against.

Reads a file of examples that `Siskin.Benchmarks ctr-speed` wrote and prints a line of JSON per epoch.
"""

import argparse
import json
import time

import numpy as np
import torch
from torch import nn


def read(path):
    """Fields n × F, history n × L (or none), labels n, vocabulary; see CtrSpeedConsole for the layout."""
    with open(path, "rb") as file:
        n, fields, length, vocabulary = np.fromfile(file, "<i4", 4)
        ids = np.fromfile(file, "<i4", n * fields).reshape(n, fields)
        history = np.fromfile(file, "<i4", n * length).reshape(n, length)
        labels = np.fromfile(file, "<f4", n)
    return torch.from_numpy(ids.astype(np.int64)), torch.from_numpy(history.astype(np.int64)), torch.from_numpy(labels), int(vocabulary)


def dense(width, outputs, relu=False, bias=True):
    """Starts as Siskin's does."""
    layer = nn.Linear(width, outputs, bias=bias)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu") if relu else nn.init.xavier_uniform_(layer.weight)
    if bias:
        nn.init.zeros_(layer.bias)
    return layer


def perceptron(width, layers, activation):
    parts = []
    for layer in layers:
        parts += [dense(width, layer, relu=activation is not nn.PReLU), activation(layer)]
        width = layer
    return nn.Sequential(*parts), width


class DeepFm(nn.Module):
    def __init__(self, fields, vocabulary, dimensions, layers, sparse):
        super().__init__()
        self.offsets = torch.arange(fields) * vocabulary
        self.embeddings = nn.Embedding(fields * vocabulary, dimensions, sparse=sparse)
        self.linear = nn.Embedding(fields * vocabulary, 1, sparse=sparse)
        nn.init.normal_(self.embeddings.weight, 0, 0.01)
        nn.init.zeros_(self.linear.weight)
        self.bias = nn.Parameter(torch.zeros(1))
        self.deep, width = perceptron(fields * dimensions, layers, lambda _: nn.ReLU())
        self.last = dense(width, 1)

    def forward(self, ids, _):
        ids = ids + self.offsets
        v = self.embeddings(ids)
        fm = 0.5 * (v.sum(1).square() - v.square().sum(1)).sum(1)
        return self.bias + self.linear(ids).squeeze(2).sum(1) + fm + self.last(self.deep(v.flatten(1))).squeeze(1)


class Din(nn.Module):
    """The first field is the candidate, whose table the history shares."""

    def __init__(self, fields, vocabulary, dimensions, layers, attention, sparse):
        super().__init__()
        self.items = nn.Embedding(vocabulary, dimensions, sparse=sparse)
        self.others = nn.Embedding(max(1, fields - 1) * vocabulary, dimensions, sparse=sparse)
        nn.init.normal_(self.items.weight, 0, 0.01)
        nn.init.normal_(self.others.weight, 0, 0.01)
        self.offsets = torch.arange(fields - 1) * vocabulary
        self.attention, width = perceptron(4 * dimensions, attention, nn.PReLU)
        self.weight = dense(width, 1)
        self.deep, width = perceptron((fields + 1) * dimensions, layers, nn.PReLU)
        self.last = dense(width, 1)

    def forward(self, ids, history):
        target, e = self.items(ids[:, 0]), self.items(history)
        t = target.unsqueeze(1).expand_as(e)
        w = self.weight(self.attention(torch.cat([e, t, e - t, e * t], 2).flatten(0, 1))).view(e.shape[0], e.shape[1], 1)
        interest = (w * e).sum(1)
        others = self.others(ids[:, 1:] + self.offsets).flatten(1)
        return self.last(self.deep(torch.cat([interest, target, others], 1))).squeeze(1)


@torch.jit.script
def evolve(inputs, shares, weight, bias):
    """AUGRU: inputs batch × steps × 3h (products with the input's weights), shares batch × steps; the last state. Scripted, which is faster than Python's loop."""
    h = weight.shape[1]
    state = torch.zeros(inputs.shape[0], h)
    for t in range(inputs.shape[1]):
        x, u = inputs[:, t], torch.nn.functional.linear(state, weight, bias)
        gates = torch.sigmoid(x[:, : 2 * h] + u[:, : 2 * h])
        n = torch.tanh(x[:, 2 * h :] + gates[:, :h] * u[:, 2 * h :])
        state = state + shares[:, t].unsqueeze(1) * (1 - gates[:, h:]) * (n - state)
    return state


class Dien(nn.Module):
    """With the auxiliary loss; the negative of an id is the one half the vocabulary further. All histories are full."""

    def __init__(self, fields, vocabulary, dimensions, layers, hidden, sparse):
        super().__init__()
        self.vocabulary = vocabulary
        self.items = nn.Embedding(vocabulary, dimensions, sparse=sparse)
        self.others = nn.Embedding(max(1, fields - 1) * vocabulary, dimensions, sparse=sparse)
        nn.init.normal_(self.items.weight, 0, 0.01)
        nn.init.normal_(self.others.weight, 0, 0.01)
        self.offsets = torch.arange(fields - 1) * vocabulary
        self.extractor = nn.GRU(dimensions, hidden, batch_first=True)
        self.foretold = nn.Identity() if hidden == dimensions else nn.Linear(hidden, dimensions)
        self.question = nn.Linear(dimensions, hidden, bias=False)
        self.evolution = nn.GRUCell(hidden, hidden)
        self.deep, width = perceptron(fields * dimensions + hidden, layers, nn.PReLU)
        self.last = dense(width, 1)

    def forward(self, ids, history):
        target, e = self.items(ids[:, 0]), self.items(history)
        states, _ = self.extractor(e)
        if self.training:
            foretold, negatives = self.foretold(states[:, :-1]), self.items((history[:, 1:] + self.vocabulary // 2) % self.vocabulary)
            softplus = nn.functional.softplus
            self.auxiliary = (softplus(-(foretold * e[:, 1:]).sum(2)) + softplus((foretold * negatives).sum(2))).mean()
        shares = torch.softmax(torch.bmm(states, self.question(target).unsqueeze(2)).squeeze(2), 1)
        cell = self.evolution
        evolved = evolve(nn.functional.linear(states, cell.weight_ih, cell.bias_ih), shares, cell.weight_hh, cell.bias_hh)
        others = self.others(ids[:, 1:] + self.offsets).flatten(1)
        return self.last(self.deep(torch.cat([evolved, target, others], 1))).squeeze(1)


def auc(scores, labels):
    order = np.argsort(scores, kind="stable")
    scores, labels = scores[order], labels[order]
    ranks = np.arange(1, len(scores) + 1, dtype=np.float64)
    _, start, counts = np.unique(scores, return_index=True, return_counts=True)
    ranks = np.repeat(start + (counts + 1) / 2, counts)
    positives = labels.sum()
    return (ranks[labels > 0].sum() - positives * (positives + 1) / 2) / (positives * (len(labels) - positives))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--examples", required=True)
    parser.add_argument("--model", choices=("deepfm", "din", "dien"), required=True)
    parser.add_argument("--layers", default="128-64")
    parser.add_argument("--attention", default="36")
    parser.add_argument("--hidden", type=int, default=32, help="numbers per state of DIEN")
    parser.add_argument("--dimensions", type=int, default=16)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--test", type=int, required=True, help="the last so many examples are for AUC")
    parser.add_argument("--sparse", action="store_true", help="sparse gradients of embeddings, with SparseAdam")
    parser.add_argument("--seconds", type=float, default=0, help="stop an epoch after so many; 0 for whole epochs")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    ids, history, labels, vocabulary = read(args.examples)
    layers = [int(x) for x in args.layers.split("-")]
    if args.model == "deepfm":
        model = DeepFm(ids.shape[1], vocabulary, args.dimensions, layers, args.sparse)
    elif args.model == "dien":
        model = Dien(ids.shape[1], vocabulary, args.dimensions, layers, args.hidden, args.sparse)
    else:
        model = Din(ids.shape[1], vocabulary, args.dimensions, layers, [int(x) for x in args.attention.split("-")], args.sparse)
    tables = [p for m in model.modules() if isinstance(m, nn.Embedding) for p in m.parameters()]
    others = [p for p in model.parameters() if all(p is not t for t in tables)]
    optimizers = [torch.optim.SparseAdam(tables, 1e-3), torch.optim.Adam(others, 1e-3)] if args.sparse else [torch.optim.Adam(model.parameters(), 1e-3)]
    loss_of = nn.BCEWithLogitsLoss()
    train = len(labels) - args.test
    for epoch in range(args.epochs):
        order = torch.randperm(train)
        model.train()
        start, seen, losses = time.perf_counter(), 0, 0.0
        for at in range(0, train - args.batch + 1, args.batch):
            rows = order[at : at + args.batch]
            loss = loss_of(model(ids[rows], history[rows]), labels[rows])
            if args.model == "dien":
                loss = loss + model.auxiliary
            for optimizer in optimizers:
                optimizer.zero_grad()
            loss.backward()
            for optimizer in optimizers:
                optimizer.step()
            seen += args.batch
            losses += loss.item()
            if args.seconds and time.perf_counter() - start > args.seconds:
                break
        elapsed = time.perf_counter() - start
        model.eval()
        with torch.no_grad():
            scores = torch.cat([model(ids[at : at + 4096], history[at : at + 4096]) for at in range(train, len(labels), 4096)])
        print(json.dumps({
            "program": "pytorch", "version": torch.__version__, "epoch": epoch, "samples_per_second": seen / elapsed,
            "loss": losses * args.batch / seen, "auc": float(auc(scores.numpy(), labels[train:].numpy())),
        }), flush=True)


if __name__ == "__main__":
    main()
