"""A recall/QPS plot as SVG: recall by -log(1 - recall), QPS by its logarithm; one line for each index."""

import math
import sys
from collections import defaultdict

import curves

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 920, 520, 70, 310, 40, 50
COLOURS = ("#d1495b", "#00798c", "#edae49", "#30638e", "#66a182", "#8d6a9f", "#8c7051", "#5c6672", "#c57b57", "#4f772d")
RECALLS = (0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)


def write(lines, title, path, least=0.8):
    """Draws the outer hull of each index; settings below `least` recall are left out."""
    series = defaultdict(list)
    for line in lines:
        series[f"{line['program']} {line['index']}"].append(line)
    hulls = {name: [(min(p["recall"], 0.9995), p["qps"]) for p in curves.frontier(same) if p["recall"] >= least] for name, same in series.items()}
    speeds = [qps for hull in hulls.values() for _, qps in hull]
    if not speeds:
        print(f"nothing to draw: no setting reached recall {least:g}", file=sys.stderr)
        return
    low, high = min(speeds) / 1.2, max(speeds) * 1.2
    right = WIDTH - RIGHT

    def x(recall):
        return LEFT + math.log((1 - least) / (1 - recall)) / math.log((1 - least) / 0.0005) * (right - LEFT)

    def y(qps):
        return HEIGHT - BOTTOM - math.log(qps / low) / math.log(high / low) * (HEIGHT - BOTTOM - TOP)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
           f'<text x="{LEFT}" y="22" font-size="14" font-weight="bold">{title}</text>']
    for recall in RECALLS:
        if recall >= least:
            out.append(f'<line x1="{x(recall):.1f}" x2="{x(recall):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#dddddd"/>'
                       f'<text x="{x(recall):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{recall:g}</text>')
    for power in range(0, 7):
        for digit in (1, 2, 5):
            qps = digit * 10 ** power
            if low <= qps <= high:
                out.append(f'<line x1="{LEFT}" x2="{right}" y1="{y(qps):.1f}" y2="{y(qps):.1f}" stroke="#dddddd"/>'
                           f'<text x="{LEFT - 6}" y="{y(qps) + 4:.1f}" text-anchor="end">{qps:,}</text>')
    out.append(f'<text x="{(LEFT + right) / 2:.0f}" y="{HEIGHT - 10}" text-anchor="middle">recall@10</text>')
    out.append(f'<text transform="translate(16 {HEIGHT / 2:.0f}) rotate(-90)" text-anchor="middle">queries per second</text>')
    for number, (name, hull) in enumerate(hulls.items()):
        colour = COLOURS[number % len(COLOURS)]
        width = 3 if name.startswith("siskin") else 1.5
        points = " ".join(f"{x(recall):.1f},{y(qps):.1f}" for recall, qps in hull)
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>')
        out += [f'<circle cx="{x(recall):.1f}" cy="{y(qps):.1f}" r="3" fill="{colour}"/>' for recall, qps in hull]
        row = TOP + 10 + number * 20
        out.append(f'<line x1="{right + 16}" x2="{right + 40}" y1="{row}" y2="{row}" stroke="{colour}" stroke-width="{width}"/>'
                   f'<text x="{right + 46}" y="{row + 4}">{name}</text>')
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([*out, "</svg>"]) + "\n")
