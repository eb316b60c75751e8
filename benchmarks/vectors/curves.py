"""Recall/QPS curves: medians over rounds, the outer hull, interpolation."""

import math
import statistics
from collections import defaultdict


def medians(lines):
    """One line per setting, each figure the median over the rounds."""
    rounds = defaultdict(list)
    for line in lines:
        rounds[(line["program"], line["index"], line["parameters"])].append(line)
    figures = ("recall", "qps", "p50_us", "p99_us", "build_seconds", "bytes_per_vector", "mapped_bytes_per_vector")
    return [
        {"program": program, "index": index, "parameters": parameters, "rounds": len(same)}
        | {figure: statistics.median(line.get(figure, 0) for line in same) for figure in figures}
        for (program, index, parameters), same in rounds.items()
    ]


def frontier(lines):
    """The settings that no other setting beats in both recall and QPS, by rising recall."""
    kept = []
    for line in sorted(lines, key=lambda line: (-line["recall"], -line["qps"])):
        if not kept or line["qps"] > kept[-1]["qps"]:
            kept.append(line)
    return kept[::-1]


def qps_at(lines, recall):
    """log(QPS) interpolated along recall between measured settings; None outside what was measured."""
    points = [(line["recall"], line["qps"]) for line in frontier(lines)]
    for (low, low_qps), (high, high_qps) in zip(points, points[1:]):
        if low <= recall <= high:
            share = (recall - low) / (high - low)
            return math.exp(math.log(low_qps) + share * (math.log(high_qps) - math.log(low_qps)))
    return next((qps for reached, qps in points if reached == recall), None)


def tables(lines, recalls, mine="siskin"):
    """Markdown: the QPS of each index at each recall, then how many times a peer's QPS each index of `mine` reaches."""
    indexes = defaultdict(list)
    for line in lines:
        indexes[(line["program"], line["index"])].append(line)
    reached = {key: [qps_at(same, at) for at in recalls] for key, same in indexes.items()}
    rows = _head(["program", "index", *(f"QPS at {at:g}" for at in recalls), "build s", "bytes per vector", "+ in the file"])
    for key, same in indexes.items():
        cells = [f"{qps:,.0f}" if qps else "–" for qps in reached[key]]
        rows.append(_row([*key, *cells, f"{same[0]['build_seconds']:.1f}", f"{same[0]['bytes_per_vector']:.0f}", f"{same[0]['mapped_bytes_per_vector']:.0f}"]))
    own = [key for key in indexes if key[0] == mine]
    peers = [key for key in indexes if key[0] != mine]
    if own and peers:
        rows += ["", *_head([mine, "÷ peer", *(f"at {at:g}" for at in recalls)])]
        for key in own:
            for peer in peers:
                pairs = zip(reached[key], reached[peer])
                rows.append(_row([key[1], " ".join(peer), *(f"{ours / theirs:.2f}" if ours and theirs else "–" for ours, theirs in pairs)]))
    return "\n".join(rows)


def _head(cells):
    return [_row(cells), "|" + "---|" * len(cells)]


def _row(cells):
    return "| " + " | ".join(cells) + " |"
