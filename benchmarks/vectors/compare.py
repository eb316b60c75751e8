#!/usr/bin/env python3
"""Runs hnswlib, FAISS and Siskin on the same vectors, in turn, and prints the QPS of each at the same recall.

    /usr/bin/python3 benchmarks/vectors/compare.py --base F.fvecs --queries F.fvecs --metric l2|ip|cosine --cache FOLDER --out NAME

Indexes are built once and kept in the cache folder, with the exact neighbours and the peers' programs. Then come rounds:
in each, every program reads its index and searches one query at a time on one pinned core. A setting's figures are the
medians over the rounds. QPS at a recall is log(QPS) interpolated along recall between two measured settings, never
extrapolated. Writes NAME.json, NAME.md and NAME.svg.

Bytes per vector are those of everything the index holds in memory: vectors, links, ids. For the peers that is the size of
the saved index; Siskin's whole vectors that stay in the file stand apart.

What it needs, on Debian (it installs nothing itself):

    apt-get install g++ util-linux python3-numpy libhnswlib-dev libfaiss-dev libopenblas0-pthread

Debian's FAISS is compiled without AVX2, and its ratios say little: benchmarks/peers/build_faiss.sh FOLDER compiles the
same version for this processor, and --faiss FOLDER uses that one.
"""

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import curves
import plot
import truth

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = HERE.parent / "peers"
RECALLS = (0.90, 0.95, 0.97, 0.99)


def main():
    options = parse()
    missing = missing_packages(options)
    if missing:
        sys.exit("missing: apt-get install " + " ".join(missing))
    cache = Path(options.cache)
    (cache / "bin").mkdir(parents=True, exist_ok=True)
    queries = first_queries(options.queries, options.query_count, cache)
    exact = truth.cached(options.base, queries, options.metric, options.k, cache)
    runs = planned(options, cache, queries, exact)
    for run in runs:
        run.prepare()
    lines = []
    for number in range(options.rounds):
        for run in runs:
            say(f"round {number + 1} of {options.rounds}: {run.name}")
            lines += run.search()
        write(options, curves.medians(lines), lines)
    medians = curves.medians(lines)
    plot.write(medians, f"{Path(options.base).name}, {options.metric}, k = {options.k}, one thread", options.out + ".svg")
    print(markdown(options, medians))


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True)
    parser.add_argument("--queries", required=True)
    parser.add_argument("--metric", choices=("l2", "ip", "cosine"), default="l2")
    parser.add_argument("--cache", required=True, help="folder of indexes, neighbours and programs")
    parser.add_argument("--out", required=True, help="result files, without ending")
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--query-count", type=int, default=2000, help="the first so many queries; 0 is all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.5, help="least time a peer measures each setting in each round")
    parser.add_argument("--ef", default="12,16,24,32,48,64,96,128,192,256,384,512,768")
    parser.add_argument("--programs", default="hnswlib,siskin,faiss")
    parser.add_argument("--siskin", default="hnsw:f32,hnsw:int8,scan:pq", help="Siskin's indexes, each with what it compresses vectors to; kinds that the program has not are left out")
    parser.add_argument("--siskin-bench", default="", help="more options for `siskin index bench`, in one string")
    parser.add_argument("--siskin-build", default="", help="more options for `siskin index build`, in one string")
    parser.add_argument("--faiss", help="folder that build_faiss.sh filled; Debian's library, without AVX2, when left out")
    parser.add_argument("--faiss-only", default="", help="parts of the names of those FAISS indexes to run, separated by spaces")
    parser.add_argument("--huge-pages", action="store_true", help="let the peers' allocations have huge pages, as glibc can (GLIBC_TUNABLES)")
    parser.add_argument("--core", type=int, default=os.cpu_count() - 1, help="the core all searches are pinned to")
    parser.add_argument("--build-threads", type=int, default=os.cpu_count())
    return parser.parse_args()


def missing_packages(options):
    programs = options.programs.split(",")
    needed = {"g++": shutil.which("g++"), "util-linux": shutil.which("taskset")}
    if "hnswlib" in programs:
        needed["libhnswlib-dev"] = os.path.exists("/usr/include/hnswlib/hnswlib.h")
    if "faiss" in programs:
        needed["libfaiss-dev"] = options.faiss or os.path.exists("/usr/include/faiss/Index.h")
        needed["libopenblas0-pthread"] = any(Path("/usr/lib").glob("*/openblas-pthread/libopenblas.so.0"))
    return [package for package, found in needed.items() if not found]


def first_queries(path, count, cache):
    """The queries that all programs are given, as a file of their own when they are not all of them."""
    d = int(np.fromfile(path, dtype="<i4", count=1)[0])
    row_bytes = 4 * (d + 1)
    if count == 0 or os.path.getsize(path) <= count * row_bytes:
        return path
    part = cache / f"{Path(path).name.split('.')[0]}-{truth.fingerprint(path)}-{count}.query.fvecs"
    if not part.exists():
        with open(path, "rb") as file:
            part.write_bytes(file.read(count * row_bytes))
    return str(part)


def planned(options, cache, queries, exact):
    """All runs of a round, in order; Siskin's come beside those of hnswlib."""
    name = f"{Path(options.base).name.split('.')[0]}-{options.metric}-{truth.fingerprint(options.base)}"
    data = ["--base", options.base, "--queries", queries, "--metric", options.metric, "--k", str(options.k)]
    peer_data = [*data, "--truth", exact, "--seconds", str(options.seconds), "--build-threads", str(options.build_threads)]
    runs = []
    for program in options.programs.split(","):
        if program == "hnswlib":
            runs.append(Peer(options, "hnswlib", compile_hnswlib(cache), cache / f"{name}.hnswlib", peer_data, ["--ef", options.ef], ["--ef", "16"]))
        elif program == "siskin":
            runs += siskin_runs(options, name, cache, data, exact)
        elif program == "faiss":
            binary = compile_faiss(cache, options.faiss)
            for factory, settings in faiss_indexes(options):
                index = cache / f"{name}.{factory.replace(',', '_')}.faiss"
                for mode in ("one", "batch"):
                    runs.append(Peer(options, f"faiss {factory} {mode}", binary, index, [*peer_data, "--factory", factory],
                                     ["--mode", mode, "--settings", " ".join(settings)], ["--settings", ""]))
        else:
            sys.exit(f"--programs: '{program}' is none of hnswlib, siskin, faiss")
    return runs


def siskin_runs(options, name, cache, data, exact):
    # Also builds the program, so that no round waits for it.
    subprocess.run([ROOT / "siskin", "--version"], check=True, stdout=subprocess.DEVNULL)
    words = subprocess.run([ROOT / "siskin", "index", "build", "--help"], check=True, stdout=subprocess.PIPE, text=True).stdout
    runs = []
    for pair in options.siskin.split(","):
        kind, _, vector_format = pair.partition(":")
        known = set(re.findall(r"\w+", words))
        if kind in known and vector_format in known | {"", "f32"}:
            runs.append(Siskin(options, name, cache, data, exact, kind, vector_format or "f32"))
        else:
            say(f"left out: siskin index build has no --index {kind} with --quantize {vector_format}")
    return runs


def faiss_indexes(options):
    """Factory strings with their settings: what FAISS's own guidelines name for this many vectors."""
    d = int(np.fromfile(options.base, dtype="<i4", count=1)[0])
    n = os.path.getsize(options.base) // (4 * (d + 1))
    nlist = 1024 if n < 500_000 else 4096
    probes = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
    ivf = [f"nprobe={probe}" for probe in probes]
    refined = [f"nprobe={probe},k_factor_rf={factor}" for factor in (4, 8, 16, 32, 64, 128) for probe in (2, 4, 6, 8, 12, 16, 24, 32, 64, 128)]
    indexes = [
        ("HNSW16,Flat", [f"efSearch={ef}" for ef in options.ef.split(",")]),
        (f"IVF{nlist},Flat", ivf),
        (f"IVF{nlist},PQ{d // 2}", ivf),
        (f"IVF{nlist},PQ{d // 2 if n >= 500_000 else d // 4},RFlat", refined),
        (f"IVF{nlist},PQ{d // 2}x4fs,RFlat", refined),
    ]
    wanted = options.faiss_only.split()
    return [index for index in indexes if not wanted or any(part in index[0] for part in wanted)]


def compile_hnswlib(cache):
    return compiled(cache / "bin" / "hnswlib_bench", PEERS / "hnswlib_bench.cpp", ["-pthread"])


def compile_faiss(cache, folder):
    blas = "-l:libopenblas.so.0"
    if folder:
        return compiled(cache / "bin" / "faiss_bench_native", PEERS / "faiss_bench.cpp",
                        ["-fopenmp", f"-I{folder}/include", f"{folder}/libfaiss.a", blas])
    say("FAISS is Debian's library, compiled without AVX2; benchmarks/peers/build_faiss.sh compiles it for this processor")
    return compiled(cache / "bin" / "faiss_bench", PEERS / "faiss_bench.cpp", ["-fopenmp", "-lfaiss", blas])


def compiled(binary, source, flags):
    newest = max(source.stat().st_mtime, (PEERS / "peer.h").stat().st_mtime)
    if not binary.exists() or binary.stat().st_mtime < newest:
        say(f"compiling {source.name}")
        # Libraries come after the source that needs them.
        subprocess.run(["g++", "-O3", "-march=native", "-std=c++17", str(source), *flags, "-o", str(binary)], check=True)
    return binary


class Peer:
    """A peer's program with one index."""

    def __init__(self, options, name, binary, index, data, search, build):
        self.name = name
        self._core = options.core
        self._environment = os.environ | ({"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"} if options.huge_pages else {})
        self._index = index
        self._command = [str(binary), *data, "--cache", str(index)]
        self._search, self._build = search, build

    def prepare(self):
        if not self._index.exists():
            say(f"building {self._index.name}")
            subprocess.run([*self._command, *self._build], check=True, stdout=subprocess.DEVNULL, env=self._environment)

    def search(self):
        output = subprocess.run(pinned(self._core, [*self._command, *self._search]), check=True, stdout=subprocess.PIPE, text=True,
                                env=self._environment).stdout
        return [json.loads(line) for line in output.splitlines()]


class Siskin:
    """One of Siskin's indexes with one vector format, through its command line."""

    def __init__(self, options, name, cache, data, exact, kind, vector_format):
        self.name = f"siskin {kind} {vector_format}"
        self._options, self._kind, self._format, self._data, self._exact = options, kind, vector_format, data, exact
        self._index = cache / f"{name}.{kind}.{vector_format}.{made_by(options)}.siskin"
        self._seconds = Path(f"{self._index}.seconds")

    def _recipe(self):
        return ["--index", self._kind, *([] if self._format == "f32" else ["--quantize", self._format])]

    def prepare(self):
        if not self._index.exists():
            say(f"building {self._index.name}")
            start = time.perf_counter()
            subprocess.run(
                [ROOT / "siskin", "index", "build", "--base", self._options.base, "--metric", self._options.metric, *self._recipe(),
                 "--threads", str(self._options.build_threads), "--out", self._index, *self._options.siskin_build.split()],
                check=True, stdout=subprocess.DEVNULL)
            self._seconds.write_text(f"{time.perf_counter() - start:.2f}\n", encoding="ascii")

    def search(self):
        # The settings of other kinds are what the command measures by itself.
        settings = ["--ef", self._options.ef] if self._kind == "hnsw" else []
        command = [ROOT / "siskin", "index", "bench", *self._data, "--index-file", self._index,
                   "--threads", "1", "--truth", self._exact, *settings, "--json", *self._options.siskin_bench.split()]
        output = subprocess.run(pinned(self._options.core, command), check=True, stdout=subprocess.PIPE, text=True).stdout
        results = json.loads(output)["results"]
        # The whole of `siskin index build`, reading and writing too: an upper bound of what the peers count.
        seconds = float(self._seconds.read_text(encoding="ascii")) if self._seconds.exists() else 0.0
        return [line | {"bytes_per_vector": line["bytes_per_vector"] + line["structure_bytes_per_vector"], "program": "siskin", "index": f"{self._kind} {self._format}", "parameters": as_text(line["parameters"]),
                        "build_seconds": line.get("build_seconds") or seconds} for line in results]


def made_by(options):
    """What decides an index beside its data: the sources that are not committed too, and the options."""
    state = subprocess.run(["git", "-C", ROOT, "diff", "HEAD", "--", "src"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    source = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD:src/Siskin.Vectors"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return hashlib.sha256("\0".join([source, state, options.siskin_build]).encode()).hexdigest()[:10]


def as_text(parameters):
    return parameters if isinstance(parameters, str) else ",".join(f"{name}={value}" for name, value in parameters.items())


def pinned(core, command):
    return ["taskset", "-c", str(core), *map(str, command)]


def write(options, medians, lines):
    Path(options.out).parent.mkdir(parents=True, exist_ok=True)
    result = {"set": Path(options.base).name, "metric": options.metric, "k": options.k, "rounds": options.rounds, "commit": commit(),
              "processor": processor(), "huge_pages": options.huge_pages, "medians": medians, "lines": lines}
    Path(options.out + ".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    Path(options.out + ".md").write_text(markdown(options, medians) + "\n", encoding="utf-8")


def markdown(options, medians):
    title = f"{Path(options.base).name}, {options.metric}, k = {options.k}, one thread, {processor()}, commit {commit()}"
    return f"{title}\n\n{curves.tables(medians, RECALLS)}"


def commit():
    found = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return found.stdout.strip() or "unknown"


def processor():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:
        return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
