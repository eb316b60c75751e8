"""FM, EmbeddingMLP, DeepFM, DCN-v2 and DIN in PyTorch on examples that `Siskin.Benchmarks ctr-auc` wrote: mean AUC of both programs and the difference.

    dotnet run -c Release --project benchmarks/Siskin.Benchmarks -- ctr-auc --dataset FORMAT:PATH --out DIR --seeds 5 > DIR/siskin.jsonl
    python3 benchmarks/models/torch_auc.py DIR --seeds 5
"""

import argparse
import json
import os
import statistics

import numpy as np
import torch
from torch import nn

from torch_ctr import auc, dense

DIMENSIONS, LAYERS = 16, (128, 64)


def read(folder, part, layout):
    count, load = layout[part], lambda name, kind: np.fromfile(os.path.join(folder, f"{part}.{name}"), kind)
    ids = torch.from_numpy(load("ids", "<i4").astype(np.int64).reshape(count, -1))
    numbers = torch.from_numpy(load("numbers", "<f4").reshape(count, -1))
    sequences = [torch.from_numpy(load(f"sequence{s}", "<i4").astype(np.int64).reshape(count, -1)) for s in range(len(layout["sequences"]))]
    return ids, numbers, sequences, torch.from_numpy(load("labels", "<f4"))


class Tables(nn.Module):
    """A table for each field and each sequence."""

    def __init__(self, layout, dimensions, deviation, of_sequences=True):
        super().__init__()
        self.fields = nn.ModuleList(nn.Embedding(field["Count"], dimensions) for field in layout["fields"])
        self.sequences = nn.ModuleList(nn.Embedding(sequence["Count"], dimensions) for sequence in layout["sequences"]) if of_sequences else []
        for table in [*self.fields, *self.sequences]:
            nn.init.normal_(table.weight, 0, deviation) if deviation else nn.init.zeros_(table.weight)

    def rows(self, ids):
        return torch.stack([table(ids[:, f]) for f, table in enumerate(self.fields)], 1)

    def sums(self, sequences):
        return [((table(ids.clamp(min=0)) * (ids >= 0).unsqueeze(2)).sum(1), (ids >= 0).sum(1, keepdim=True)) for table, ids in zip(self.sequences, sequences)]


class Model(nn.Module):
    def __init__(self, kind, layout):
        super().__init__()
        self.kind, numbers = kind, len(layout["numbers"])
        width = (len(layout["fields"]) + len(layout["sequences"])) * DIMENSIONS + numbers
        self.embeddings = Tables(layout, DIMENSIONS, 0.01, of_sequences=kind != "fm")
        if kind in ("fm", "deepfm"):
            self.bias, self.linear = nn.Parameter(torch.zeros(1)), Tables(layout, 1, 0)
            self.numbers = dense(numbers, 1, bias=False) if numbers else None
        if kind != "fm":
            parts, inputs = [], width
            for layer in LAYERS:
                parts += [dense(inputs, layer, relu=True), nn.ReLU()]
                inputs = layer
            self.deep = nn.Sequential(*parts)
            self.last = dense(inputs + (width if kind == "dcn-v2" else 0), 1)
        if kind == "dcn-v2":
            self.cross = nn.ModuleList(dense(width, width) for _ in range(3))

    def forward(self, ids, numbers, sequences):
        logit, rows = 0, self.embeddings.rows(ids)
        if self.kind in ("fm", "deepfm"):
            logit = self.bias + self.linear.rows(ids).sum((1, 2)) + 0.5 * (rows.sum(1).square() - rows.square().sum(1)).sum(1)
            logit = logit + sum(total.squeeze(1) for total, _ in self.linear.sums(sequences))
            if self.numbers is not None:
                logit = logit + self.numbers(numbers).squeeze(1)
        if self.kind == "fm":
            return logit
        x = torch.cat([rows.flatten(1), *[total / count.clamp(min=1) for total, count in self.embeddings.sums(sequences)], numbers], 1)
        if self.kind != "dcn-v2":
            return logit + self.last(self.deep(x)).squeeze(1)
        crossed = x
        for layer in self.cross:
            crossed = x * layer(crossed) + crossed
        return self.last(torch.cat([crossed, self.deep(x)], 1)).squeeze(1)


class Din(nn.Module):
    """The candidate's table is shared by the history; other sequences are not read."""

    def __init__(self, layout):
        super().__init__()
        self.item = [field["Name"] for field in layout["fields"]].index(layout["target"])
        self.history = [sequence["Name"] for sequence in layout["sequences"]].index(layout["history"])
        counts = [field["Count"] for field in layout["fields"]]
        self.items = nn.Embedding(max(counts[self.item], layout["sequences"][self.history]["Count"]), DIMENSIONS)
        self.others = nn.ModuleList(nn.Embedding(count, DIMENSIONS) for f, count in enumerate(counts) if f != self.item)
        for table in [self.items, *self.others]:
            nn.init.normal_(table.weight, 0, 0.01)
        self.attention = nn.Sequential(dense(4 * DIMENSIONS, 36), nn.PReLU(36), dense(36, 1))
        parts, inputs = [], (len(counts) + 1) * DIMENSIONS + len(layout["numbers"])
        for layer in (200, 80):
            parts += [dense(inputs, layer), nn.PReLU(layer)]
            inputs = layer
        self.deep = nn.Sequential(*parts, dense(inputs, 1))

    def forward(self, ids, numbers, sequences):
        target, history = self.items(ids[:, self.item]), sequences[self.history]
        e, is_there = self.items(history.clamp(min=0)), (history >= 0).unsqueeze(2)
        t = target.unsqueeze(1).expand_as(e)
        weights = self.attention(torch.cat([e, t, e - t, e * t], 2).flatten(0, 1)).view(*history.shape, 1)
        interest = (weights * is_there * e).sum(1)
        others = [table(ids[:, f + (f >= self.item)]) for f, table in enumerate(self.others)]
        return self.deep(torch.cat([interest, target, *others, numbers], 1)).squeeze(1)


def decay(model, l2):
    """Adds l2 · w to the gradients of embeddings, of the rows that the batch touched."""
    for module in model.modules():
        if isinstance(module, nn.Embedding):
            grad = module.weight.grad
            grad.add_(module.weight.detach() * (grad != 0).any(1, keepdim=True), alpha=l2)
    if getattr(model, "numbers", None) is not None:
        model.numbers.weight.grad.add_(model.numbers.weight.detach(), alpha=l2)


def train(kind, layout, parts, seed, epochs, batch, l2):
    torch.manual_seed(seed)
    model, (ids, numbers, sequences, labels) = Din(layout) if kind == "din" else Model(kind, layout), parts["train"]
    optimizer, loss_of = torch.optim.Adam(model.parameters(), 1e-3), nn.BCEWithLogitsLoss()
    for _ in range(epochs):
        order = torch.randperm(len(labels))
        for at in range(0, len(labels) - batch + 1, batch):
            rows = order[at : at + batch]
            optimizer.zero_grad()
            loss_of(model(ids[rows], numbers[rows], [s[rows] for s in sequences]), labels[rows]).backward()
            if l2:
                decay(model, l2)
            optimizer.step()
    with torch.no_grad():
        return float(auc(model(*parts["test"][:3]).numpy(), parts["test"][3].numpy()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--l2", type=float, default=0)
    args = parser.parse_args()
    torch.set_num_threads(2)
    with open(os.path.join(args.folder, "layout.json")) as file:
        layout = json.load(file)
    ours = {}
    with open(os.path.join(args.folder, "siskin.jsonl")) as file:
        for line in map(json.loads, file):
            ours.setdefault(line["model"], []).append(line["auc"])
    parts = {part: read(args.folder, part, layout) for part in ("train", "test")}
    print("| model | Siskin AUC | PyTorch AUC | difference |\n|---|--:|--:|--:|")
    for kind, values in ours.items():
        theirs = [train(kind, layout, parts, seed, args.epochs, args.batch, args.l2) for seed in range(1, args.seeds + 1)]
        shown = [f"{statistics.mean(v):.4f} ± {statistics.stdev(v) / len(v) ** 0.5:.4f}" for v in (values, theirs)]
        print(f"| {kind} | {shown[0]} | {shown[1]} | {statistics.mean(values) - statistics.mean(theirs):+.4f} |", flush=True)


if __name__ == "__main__":
    main()
