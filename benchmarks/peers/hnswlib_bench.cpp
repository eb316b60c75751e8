// hnswlib's HNSW on the set that Siskin is measured on: recall, QPS and latency over a range of ef, one JSON object a line.
//
//   apt-get install libhnswlib-dev
//   g++ -O3 -march=native -std=c++17 -pthread hnswlib_bench.cpp -o hnswlib_bench
//   hnswlib_bench --base F.fvecs --queries F.fvecs --truth F.ivecs --metric l2|ip|cosine [--k 10] [--m 16]
//     [--ef-construction 200] [--ef 16,32,64] [--build-threads 2] [--threads 1] [--query-count 0] [--seconds 1] [--cache FILE]
//
// With --cache the index is read from the file, or built and saved there. With --threads above 1 the QPS are those of all
// threads together, each with its share of the queries, and the percentiles are left at 0.

#include <hnswlib/hnswlib.h>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "peer.h"

namespace {

using Index = hnswlib::HierarchicalNSW<float>;

void on_threads(int threads, const std::function<void(int)>& work) {
    std::vector<std::thread> others;
    for (int t = 1; t < threads; t++) {
        others.emplace_back(work, t);
    }
    work(0);
    for (auto& other : others) {
        other.join();
    }
}

double build(Index& index, const peer::Set& set, int threads) {
    auto start = peer::Clock::now();
    index.addPoint(set.base.row(0), 0);  // The entry point has to be there before threads add beside each other.
    std::atomic<size_t> next{1};
    on_threads(threads, [&](int) {
        for (size_t i; (i = next++) < set.base.n;) {
            index.addPoint(set.base.row(i), i);
        }
    });
    return peer::seconds_since(start);
}

void search(const Index& index, const peer::Set& set, size_t query, int64_t* ids) {
    auto found = index.searchKnn(set.queries.row(query), set.k);
    for (size_t j = found.size(); j-- > 0; found.pop()) {
        ids[j] = static_cast<int64_t>(found.top().second);
    }
}

peer::Measured measure_on_threads(const Index& index, const peer::Set& set, int threads, double at_least, std::vector<int64_t>& ids) {
    size_t passes = 0;
    auto start = peer::Clock::now();
    do {
        std::atomic<size_t> next{0};
        on_threads(threads, [&](int) {
            for (size_t i; (i = next++) < set.queries.n;) {
                search(index, set, i, &ids[i * set.k]);
            }
        });
        passes++;
    } while (peer::seconds_since(start) < at_least);
    return {static_cast<double>(passes * set.queries.n) / peer::seconds_since(start), 0, 0};
}

void run(const peer::Arguments& arguments) {
    peer::Set set(arguments);
    auto m = static_cast<size_t>(arguments.integer("m", 16));
    auto ef_construction = static_cast<size_t>(arguments.integer("ef-construction", 200));
    auto threads = arguments.integer("threads", 1);
    auto at_least = arguments.number("seconds", 1);
    auto cache = arguments.text("cache", "");

    std::unique_ptr<hnswlib::SpaceInterface<float>> space;
    if (set.metric == "l2") {
        space = std::make_unique<hnswlib::L2Space>(set.base.d);
    } else {
        space = std::make_unique<hnswlib::InnerProductSpace>(set.base.d);
    }

    std::unique_ptr<Index> index;
    double build_seconds = 0;
    if (!cache.empty() && std::ifstream(cache)) {
        index = std::make_unique<Index>(space.get(), cache);
        build_seconds = peer::load_build_seconds(cache);
    } else {
        index = std::make_unique<Index>(space.get(), set.base.n, m, ef_construction);
        build_seconds = build(*index, set, arguments.integer("build-threads", 2));
        if (!cache.empty()) {
            peer::save_build_seconds(cache, build_seconds);
            index->saveIndex(cache);
        }
    }

    auto bytes = cache.empty() ? static_cast<double>(index->size_data_per_element_) : peer::file_bytes(cache) / static_cast<double>(set.base.n);
    std::vector<int64_t> ids(set.queries.n * set.k, -1);
    for (auto& text : arguments.list("ef", "16,24,32,48,64,96,128,192,256,384,512", ',')) {
        index->setEf(std::stoul(text));
        auto measured = threads > 1 ? measure_on_threads(*index, set, threads, at_least, ids)
                                    : peer::measure_one_by_one(set.queries.n, at_least, [&](size_t i) { search(*index, set, i, &ids[i * set.k]); });
        peer::print("hnswlib", "hnsw", "M=" + std::to_string(m) + ",efConstruction=" + std::to_string(ef_construction) + ",ef=" + text,
                    set.recall(ids), measured, build_seconds, bytes);
    }
}

}  // namespace

int main(int count, char** values) {
    try {
        run(peer::Arguments(count, values));
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "hnswlib_bench: %s\n", failure.what());
        return 1;
    }
}
