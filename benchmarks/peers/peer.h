// What the peers' programs share: arguments, .fvecs and .ivecs files, recall, timing and the printed line.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace peer {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Pairs of --name value.
class Arguments {
public:
    Arguments(int count, char** values) {
        for (int i = 1; i < count; i += 2) {
            if (std::strncmp(values[i], "--", 2) != 0 || i + 1 == count) {
                throw std::invalid_argument(std::string("pairs of --name value are expected, not '") + values[i] + "'");
            }
            _values[values[i] + 2] = values[i + 1];
        }
    }

    std::string text(const std::string& name, const std::string& otherwise) const {
        auto at = _values.find(name);
        return at == _values.end() ? otherwise : at->second;
    }

    std::string text(const std::string& name) const {
        auto at = _values.find(name);
        if (at == _values.end()) {
            throw std::invalid_argument("--" + name + " is needed");
        }
        return at->second;
    }

    int integer(const std::string& name, int otherwise) const {
        auto at = _values.find(name);
        return at == _values.end() ? otherwise : std::stoi(at->second);
    }

    double number(const std::string& name, double otherwise) const {
        auto at = _values.find(name);
        return at == _values.end() ? otherwise : std::stod(at->second);
    }

    // Parts between the separators.
    std::vector<std::string> list(const std::string& name, const std::string& otherwise, char separator) const {
        std::vector<std::string> parts;
        auto all = text(name, otherwise);
        for (size_t start = 0; start <= all.size();) {
            auto end = std::min(all.find(separator, start), all.size());
            parts.push_back(all.substr(start, end - start));
            start = end + 1;
        }
        return parts;
    }

private:
    std::map<std::string, std::string> _values;
};

// Row-major n × d; the elements are 4 bytes wide (.fvecs or .ivecs: each row is preceded by its length).
template <class T>
struct Rows {
    size_t n = 0;
    size_t d = 0;
    std::vector<T> values;

    const T* row(size_t i) const { return values.data() + i * d; }
    T* row(size_t i) { return values.data() + i * d; }
};

// limit: how many rows at most; 0 is all.
template <class T>
Rows<T> read_rows(const std::string& path, size_t limit = 0) {
    static_assert(sizeof(T) == 4, "elements of 4 bytes");
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) {
        throw std::runtime_error("cannot read " + path);
    }
    size_t bytes = static_cast<size_t>(file.tellg());
    file.seekg(0);
    int32_t d = 0;
    file.read(reinterpret_cast<char*>(&d), 4);
    if (!file || d <= 0 || bytes % (4 + 4 * static_cast<size_t>(d)) != 0) {
        throw std::runtime_error(path + " is not a file of equally long rows");
    }
    Rows<T> rows;
    rows.d = static_cast<size_t>(d);
    rows.n = bytes / (4 + 4 * rows.d);
    if (limit != 0) {
        rows.n = std::min(rows.n, limit);
    }
    rows.values.resize(rows.n * rows.d);
    file.seekg(0);
    for (size_t i = 0; i < rows.n; i++) {
        int32_t length = 0;
        file.read(reinterpret_cast<char*>(&length), 4);
        file.read(reinterpret_cast<char*>(rows.row(i)), static_cast<std::streamsize>(4 * rows.d));
        if (!file || length != d) {
            throw std::runtime_error(path + ": row " + std::to_string(i) + " is cut off or of another length");
        }
    }
    return rows;
}

inline void normalise(Rows<float>& rows) {
    for (size_t i = 0; i < rows.n; i++) {
        double square = 0;
        for (size_t j = 0; j < rows.d; j++) {
            square += static_cast<double>(rows.row(i)[j]) * rows.row(i)[j];
        }
        auto scale = square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0.0f;
        for (size_t j = 0; j < rows.d; j++) {
            rows.row(i)[j] *= scale;
        }
    }
}

// The set as both peers see it: under cosine the rows are normalised, and inner product does the rest.
struct Set {
    std::string metric;
    size_t k;
    Rows<float> base;
    Rows<float> queries;
    Rows<int32_t> truth;
    double epsilon;

    explicit Set(const Arguments& arguments)
        : metric(arguments.text("metric", "l2")), k(static_cast<size_t>(arguments.integer("k", 10))), epsilon(arguments.number("epsilon", 1e-6)) {
        if (metric != "l2" && metric != "ip" && metric != "cosine") {
            throw std::invalid_argument("--metric is l2, ip or cosine");
        }
        auto count = static_cast<size_t>(arguments.integer("query-count", 0));
        base = read_rows<float>(arguments.text("base"));
        queries = read_rows<float>(arguments.text("queries"), count);
        truth = read_rows<int32_t>(arguments.text("truth"), queries.n);
        if (base.d != queries.d || truth.n != queries.n || truth.d < k) {
            throw std::runtime_error("base, queries and truth do not belong together");
        }
        if (metric == "cosine") {
            normalise(base);
            normalise(queries);
        }
    }

    // Euclidean distance or 1 - inner product, in double.
    double distance(size_t query, size_t item) const {
        auto* x = queries.row(query);
        auto* y = base.row(item);
        double sum = 0;
        for (size_t j = 0; j < base.d; j++) {
            double difference = static_cast<double>(x[j]) - y[j];
            sum += metric == "l2" ? difference * difference : static_cast<double>(x[j]) * y[j];
        }
        return metric == "l2" ? std::sqrt(sum) : 1 - sum;
    }

    // ids: n × k. As ann-benchmarks counts: whatever is at most epsilon farther than the true k-th is found. Their
    // epsilon is 1e-3; this one is relative and only forgives the rounding of equal distances.
    double recall(const std::vector<int64_t>& ids) const {
        size_t found = 0;
        for (size_t i = 0; i < queries.n; i++) {
            double kth = distance(i, static_cast<size_t>(truth.row(i)[k - 1]));
            double threshold = kth + epsilon * std::max(1e-9, std::abs(kth));
            for (size_t j = 0; j < k; j++) {
                auto id = ids[i * k + j];
                found += id >= 0 && distance(i, static_cast<size_t>(id)) <= threshold;
            }
        }
        return static_cast<double>(found) / static_cast<double>(queries.n * k);
    }
};

struct Measured {
    double qps;
    double p50_us;
    double p99_us;
};

// The element at a share of sorted values; sorts as far as needed.
inline double quantile(std::vector<double>& values, double share) {
    auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

// Searches all queries one at a time, in three passes or more until `at_least` seconds have gone by; some queries warm up
// before. QPS is the median over the passes, as in Siskin's own measurement.
template <class Search>
Measured measure_one_by_one(size_t queries, double at_least, Search search) {
    std::vector<double> latencies;
    std::vector<double> speeds;
    for (size_t i = 0; i < std::min<size_t>(queries, 500); i++) {
        search(i);
    }
    double total = 0;
    do {
        double pass = 0;
        auto before = Clock::now();
        for (size_t i = 0; i < queries; i++) {
            search(i);
            auto after = Clock::now();
            latencies.push_back(std::chrono::duration<double>(after - before).count());
            pass += latencies.back();
            before = after;
        }
        speeds.push_back(static_cast<double>(queries) / pass);
        total += pass;
    } while (total < at_least || speeds.size() < 3);
    return {quantile(speeds, 0.5), quantile(latencies, 0.5) * 1e6, quantile(latencies, 0.99) * 1e6};
}

inline double file_bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    return file ? static_cast<double>(file.tellg()) : 0;
}

// How long a cached index took to build is kept beside it.
inline void save_build_seconds(const std::string& cache, double seconds) { std::ofstream(cache + ".seconds") << seconds << '\n'; }

inline double load_build_seconds(const std::string& cache) {
    double seconds = 0;
    std::ifstream(cache + ".seconds") >> seconds;
    return seconds;
}

// One JSON object a line. bytes_per_vector is the saved index's size through the number of vectors.
inline void print(const std::string& program, const std::string& index, const std::string& parameters, double recall, const Measured& measured,
                  double build_seconds, double bytes_per_vector) {
    std::printf("{\"program\":\"%s\",\"index\":\"%s\",\"parameters\":\"%s\",\"recall\":%.5f,\"qps\":%.1f,\"p50_us\":%.2f,\"p99_us\":%.2f,"
                "\"build_seconds\":%.2f,\"bytes_per_vector\":%.1f}\n",
                program.c_str(), index.c_str(), parameters.c_str(), recall, measured.qps, measured.p50_us, measured.p99_us, build_seconds, bytes_per_vector);
    std::fflush(stdout);
}

}  // namespace peer
