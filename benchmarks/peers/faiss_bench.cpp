// FAISS on the set that Siskin is measured on: recall, QPS and latency of one index over a range of settings, one JSON
// object a line. In C++ against the library, because a call from Python costs as much as a whole search at low recall.
//
//   apt-get install libfaiss-dev libopenblas0-pthread
//   g++ -O3 -march=native -std=c++17 -fopenmp faiss_bench.cpp -lfaiss -l:libopenblas.so.0 -o faiss_bench
//   faiss_bench --base F.fvecs --queries F.fvecs --truth F.ivecs --metric l2|ip|cosine --factory "IVF1024,Flat"
//     --settings "nprobe=1 nprobe=2,k_factor_rf=4" [--mode one|batch] [--k 10] [--ef-construction 200] [--build-threads 2]
//     [--threads 1] [--iterations 25] [--points-per-centroid 256] [--query-count 0] [--seconds 1] [--cache FILE]
//
// --factory and each of --settings are FAISS's own strings; --mode one is a call per query, batch is one call with all.
// Debian's library is compiled for any x86-64, without AVX2: build_faiss.sh compiles the same version for this processor.

#include <faiss/AutoTune.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexRefine.h>
#include <faiss/index_factory.h>
#include <faiss/index_io.h>
#include <faiss/utils/utils.h>
#include <omp.h>

#include <memory>

#include "peer.h"

extern "C" void openblas_set_num_threads(int threads);

namespace {

void use_threads(int threads) {
    omp_set_num_threads(threads);
    openblas_set_num_threads(threads);
}

std::unique_ptr<faiss::Index> build(const peer::Set& set, const std::string& factory, int ef_construction, int iterations, int points) {
    auto metric = set.metric == "l2" ? faiss::METRIC_L2 : faiss::METRIC_INNER_PRODUCT;
    std::unique_ptr<faiss::Index> index(faiss::index_factory(static_cast<int>(set.base.d), factory.c_str(), metric));
    auto* refined = dynamic_cast<faiss::IndexRefine*>(index.get());
    auto* inner = refined ? refined->base_index : index.get();
    if (auto* hnsw = dynamic_cast<faiss::IndexHNSW*>(inner)) {
        hnsw->hnsw.efConstruction = ef_construction;
    }
    if (auto* inverted = dynamic_cast<faiss::IndexIVF*>(inner)) {
        inverted->cp.niter = iterations;
        inverted->cp.max_points_per_centroid = points;
    }
    index->train(static_cast<faiss::Index::idx_t>(set.base.n), set.base.values.data());
    index->add(static_cast<faiss::Index::idx_t>(set.base.n), set.base.values.data());
    return index;
}

void run(const peer::Arguments& arguments) {
    peer::Set set(arguments);
    auto factory = arguments.text("factory");
    auto mode = arguments.text("mode", "one");
    auto cache = arguments.text("cache", "");
    auto at_least = arguments.number("seconds", 1);
    if (mode != "one" && mode != "batch") {
        throw std::invalid_argument("--mode is one or batch");
    }

    std::unique_ptr<faiss::Index> index;
    double build_seconds = 0;
    if (!cache.empty() && std::ifstream(cache)) {
        index.reset(faiss::read_index(cache.c_str()));
        build_seconds = peer::load_build_seconds(cache);
    } else {
        use_threads(arguments.integer("build-threads", 2));
        auto start = peer::Clock::now();
        index = build(set, factory, arguments.integer("ef-construction", 200), arguments.integer("iterations", 25),
                      arguments.integer("points-per-centroid", 256));
        build_seconds = peer::seconds_since(start);
        if (!cache.empty()) {
            peer::save_build_seconds(cache, build_seconds);
            faiss::write_index(index.get(), cache.c_str());
        }
    }

    use_threads(arguments.integer("threads", 1));
    auto k = static_cast<faiss::Index::idx_t>(set.k);
    auto n = set.queries.n;
    auto bytes = cache.empty() ? 0 : peer::file_bytes(cache) / static_cast<double>(set.base.n);
    std::vector<faiss::Index::idx_t> labels(n * set.k, -1);
    std::vector<float> distances(n * set.k);
    for (auto& setting : arguments.list("settings", "", ' ')) {
        if (setting.empty()) {
            continue;
        }
        faiss::ParameterSpace().set_index_parameters(index.get(), setting.c_str());
        peer::Measured measured{};
        if (mode == "one") {
            measured = peer::measure_one_by_one(n, at_least, [&](size_t i) {
                index->search(1, set.queries.row(i), k, &distances[i * set.k], &labels[i * set.k]);
            });
        } else {
            measured = peer::measure_one_by_one(1, at_least, [&](size_t) {
                index->search(static_cast<faiss::Index::idx_t>(n), set.queries.values.data(), k, distances.data(), labels.data());
            });
            // A latency is that of the whole batch, which no query waits for alone.
            measured = {measured.qps * static_cast<double>(n), 0, 0};
        }
        peer::print("faiss", mode == "batch" ? factory + " in batches" : factory, setting, set.recall({labels.begin(), labels.end()}), measured, build_seconds, bytes);
    }
}

}  // namespace

int main(int count, char** values) {
    try {
        std::fprintf(stderr, "FAISS%s\n", faiss::get_compile_options().c_str());
        run(peer::Arguments(count, values));
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "faiss_bench: %s\n", failure.what());
        return 1;
    }
}
