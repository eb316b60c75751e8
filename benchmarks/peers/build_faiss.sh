#!/usr/bin/env bash
# Compiles Debian's version of FAISS for this processor: the packaged library does without AVX2, which halves its speed.
#   benchmarks/peers/build_faiss.sh FOLDER
# leaves FOLDER/include and FOLDER/libfaiss.a, for `compare.py --faiss FOLDER`. Takes some minutes; needs apt's Debian
# sources over the network, cmake, g++ and libopenblas0-pthread, and changes nothing outside FOLDER.
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: build_faiss.sh FOLDER" >&2; exit 2; }
mkdir -p "$1"
cd "$1"
folder="$PWD"
mkdir -p lists/partial archives/partial

release="$(. /etc/os-release && echo "$VERSION_CODENAME")"
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $release main" > sources.list
apt=(apt-get -q -o "Dir::Etc::sourcelist=$folder/sources.list" -o Dir::Etc::sourceparts=-
  -o "Dir::State::lists=$folder/lists" -o "Dir::Cache=$folder/archives")
"${apt[@]}" update
"${apt[@]}" source --download-only faiss
mkdir -p source
tar -xf faiss_*.orig.tar.* -C source --strip-components=1
tar -xf faiss_*.debian.tar.*

# Without this one the fast-scan kernels are called, not inlined.
patch -d source -p1 -s -N < debian/patches/*Force-inlining-on-simdlib-helpers.patch

blas="$(ls /usr/lib/*/openblas-pthread/libopenblas.so.0)"
cmake -S source -B build -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS=-march=native -DCMAKE_CXX_FLAGS_RELEASE="-O3 -DNDEBUG" \
  -DFAISS_OPT_LEVEL=avx2 -DFAISS_ENABLE_GPU=OFF -DFAISS_ENABLE_PYTHON=OFF -DBUILD_TESTING=OFF \
  -DBLAS_LIBRARIES="$blas" -DLAPACK_LIBRARIES="$blas"
cmake --build build --target faiss_avx2 --parallel "$(nproc)"
mkdir -p include
ln -sfn ../source/faiss include/faiss
cp build/faiss/libfaiss_avx2.a libfaiss.a
