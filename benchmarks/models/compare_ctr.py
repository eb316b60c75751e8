"""Training speed and AUC of DeepFM, DIN and DIEN, Siskin and PyTorch in turn on the same examples.

PyTorch runs with dense and with sparse gradients of its embeddings; the better counts. With --auc-seeds N the programs
are compared by AUC instead of speed: the best epoch's, mean of N seeds; PyTorch with sparse gradients, whose Adam moves
only rows that a batch touched, as Siskin's does.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def lines(command, environment=None):
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--siskin", required=True, help="the built Siskin.Benchmarks program")
    parser.add_argument("--cache", required=True, help="folder of examples")
    parser.add_argument("--model", choices=("deepfm", "din", "dien"), required=True)
    parser.add_argument("--layers", default="128-64")
    parser.add_argument("--hidden", type=int, default=32, help="numbers per state of DIEN")
    parser.add_argument("--vocabulary", type=int, nargs="+", default=[1000, 20000])
    parser.add_argument("--batch", type=int, nargs="+", default=[1024, 4096])
    parser.add_argument("--fields", type=int, default=24)
    parser.add_argument("--count", type=int, default=220_000)
    parser.add_argument("--test", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--auc-seeds", type=int, default=0, help="compare AUC over so many seeds")
    parser.add_argument("--out", help="file of all lines, as JSON")
    args = parser.parse_args()
    os.makedirs(args.cache, exist_ok=True)
    everything = []
    print("| vocabulary | batch | Siskin AUC | PyTorch AUC | difference |\n|--:|--:|--:|--:|--:|" if args.auc_seeds else
          "| vocabulary | batch | Siskin samples/s | AUC | PyTorch samples/s, dense | sparse | AUC | ratio |\n|--:|--:|--:|--:|--:|--:|--:|--:|")
    for vocabulary in args.vocabulary:
        length = 0 if args.model == "deepfm" else 50
        examples = os.path.join(args.cache, f"{'din' if length else 'deepfm'}-{args.count}-{args.fields}-{vocabulary}.examples")
        if not os.path.exists(examples):
            subprocess.run([args.siskin, "ctr-speed", "write", "--out", examples + ".part", "--count", str(args.count), "--fields", str(args.fields), "--length", str(length), "--vocabulary", str(vocabulary)], check=True)
            os.replace(examples + ".part", examples)
        for batch in args.batch:
            common = ["--examples", examples, "--model", args.model, "--layers", args.layers, "--hidden", str(args.hidden), "--batch", str(batch), "--threads", str(args.threads), "--epochs", str(args.epochs), "--test", str(args.test)]
            torch = [sys.executable, os.path.join(HERE, "torch_ctr.py")] + common
            # A step of DIEN has small products, for which threads of OpenBLAS beside PyTorch's own take several times as long.
            environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"} if args.model == "dien" else None
            if args.auc_seeds:
                ours, theirs = zip(*(
                    [max(line["auc"] for line in lines(command + ["--seed", str(seed)], environment)) for command in ([args.siskin, "ctr-speed", "train"] + common, torch + ["--sparse"])]
                    for seed in range(1, args.auc_seeds + 1)
                ))
                mean = lambda values: f"{statistics.mean(values):.4f} ± {statistics.stdev(values) / len(values) ** 0.5:.4f}"
                print(f"| {vocabulary:,} | {batch:,} | {mean(ours)} | {mean(theirs)} | {statistics.mean(ours) - statistics.mean(theirs):+.4f} |", flush=True)
                continue
            runs = {
                "siskin": lines([args.siskin, "ctr-speed", "train"] + common),
                "dense": lines(torch, environment),
                "sparse": lines(torch + ["--sparse"], environment),
            }
            for name, result in runs.items():
                everything += [{"vocabulary": vocabulary, "batch": batch, "model": args.model, "layers": args.layers, "run": name, **line} for line in result]
            # The first epoch warms up; with more than two the median of the others.
            speed = {name: statistics.median(line["samples_per_second"] for line in result[1:] or result) for name, result in runs.items()}
            peer = max(("dense", "sparse"), key=speed.get)
            print(f"| {vocabulary:,} | {batch:,} | {speed['siskin']:,.0f} | {runs['siskin'][-1]['auc']:.4f} | {speed['dense']:,.0f} | {speed['sparse']:,.0f} | {runs[peer][-1]['auc']:.4f} | {speed['siskin'] / speed[peer]:.1f} |", flush=True)
    if args.out:
        with open(args.out, "w", encoding="utf-8") as file:
            json.dump(everything, file, indent=1)


if __name__ == "__main__":
    main()
