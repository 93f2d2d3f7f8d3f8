// Measures the semantic cache: how well a corpus of pairs is told apart, and how long a lookup takes among
// many entries. Called by semantic.sh.
//
//   pk_bench_semantic PAIRS.tsv [ENTRIES [DIMENSIONS]]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <random>

#include "base/json.h"
#include "cache/guard.h"
#include "cache/precision.h"
#include "cache/semantic.h"
#include "cache/semantic_pairs.h"
#include "cache/vector_index.h"
#include "gateway/embedder.h"
#include "support/ngram_embedder.h"

namespace {

using namespace pk;
using Vector = std::vector<float>;
using Embed = std::function<Vector(const std::string&)>;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// By the curl command, so that a bench needs no server's loop. Its input goes through a file: no quoting.
Vector embed_at(const std::string& url, const std::string& words) {
  const std::string file = environment("PK_BENCH_WORK") + "/question.json";
  if (std::FILE* out = std::fopen(file.c_str(), "w")) {
    fmt::print(out, R"({{"model":{},"input":{}}})", json_string(environment("PK_BENCH_EMBEDDINGS_MODEL")),
               json_string(words));
    std::fclose(out);
  }
  const std::string command =
      "curl -sS --max-time 30 -H 'content-type: application/json' ${PK_BENCH_EMBEDDINGS_KEY:+-H "
      "\"authorization: Bearer $PK_BENCH_EMBEDDINGS_KEY\"} --data-binary @'" +
      file + "' \"$PK_BENCH_EMBEDDINGS_URL\"";
  std::string answer;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  char chunk[4096];
  for (std::size_t n; (n = std::fread(chunk, 1, sizeof chunk, pipe.get())) > 0;) answer.append(chunk, n);
  auto vector = gateway::read_embedding(answer);
  if (vector) return *std::move(vector);
  fmt::print(stderr, "{}: {}\n{}\n", url, vector.error().message, answer.substr(0, 300));
  std::exit(1);
}

struct Counts {
  int match = 0, hit = 0, differ = 0, wrong = 0;
  void count(bool should, bool did) {
    ++(should ? match : differ);
    if (did) ++(should ? hit : wrong);
  }
};

std::string share(int part, int whole) {
  return whole == 0 ? "–" : fmt::format("{:.3f}", static_cast<double>(part) / whole);
}

void print_total(const char* name, double threshold, const Counts& counts) {
  const int answered = counts.hit + counts.wrong;
  const auto interval =
      cache::wilson_95(static_cast<std::uint64_t>(counts.hit), static_cast<std::uint64_t>(answered));
  fmt::print("| {} | {:.2f} | {} | {} | {} | {:.3f}–{:.3f} | {} |\n", name, threshold, answered, counts.wrong,
             share(counts.hit, answered), interval.low, interval.high, share(counts.hit, counts.match));
}

void measure_pairs(const char* name, const std::vector<test::SemanticPair>& pairs, const Embed& embed) {
  std::vector<double> scores;
  for (const auto& pair : pairs) scores.push_back(cache::cosine(embed(pair.a), embed(pair.b)));
  fmt::print(
      "\n{}, {} pairs:\n\n| by | threshold | answered | wrongly | precision | 95 % | recall "
      "|\n|---|---|---|---|---|---|---|\n",
      name, pairs.size());
  for (const double threshold : {0.95, 0.90, 0.80, 0.70}) {
    Counts cosine, both;
    std::map<std::string, Counts> kinds;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const bool near = scores[i] >= threshold;
      const bool hit = near && cache::guard(pairs[i].a, pairs[i].b).empty();
      cosine.count(pairs[i].match, near);
      both.count(pairs[i].match, hit);
    }
    print_total("cosine", threshold, cosine);
    print_total("cosine and guard", threshold, both);
  }
  Counts alone;
  std::map<std::string, std::pair<Counts, Counts>> kinds;  // by the cosine alone, with the guard
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const bool agreed = cache::guard(pairs[i].a, pairs[i].b).empty();
    const bool near = scores[i] >= 0.80;
    alone.count(pairs[i].match, agreed);
    kinds[pairs[i].kind].first.count(pairs[i].match, near);
    kinds[pairs[i].kind].second.count(pairs[i].match, near && agreed);
  }
  print_total("guard", 0, alone);
  fmt::print(
      "\nBy kind, threshold 0.80: answered by the cosine, with the guard\n\n| kind | pairs | should be | "
      "cosine | with guard |\n"
      "|---|---|---|---|---|\n");
  for (const auto& [kind, counts] : kinds) {
    const auto& [cosine, both] = counts;
    fmt::print("| {} | {} | {} | {} | {} |\n", kind, cosine.match + cosine.differ, cosine.match,
               cosine.hit + cosine.wrong, both.hit + both.wrong);
  }
}

double us_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count();
}

std::string spread(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return fmt::format("median {:.0f} µs, p99 {:.0f} µs, slowest {:.0f} µs", times[times.size() / 2],
                     times[times.size() * 99 / 100], times.back());
}

// Vectors as texts have them: some near each other, around many places.
void measure_lookups(std::size_t entries, std::size_t dimensions) {
  constexpr std::size_t k_places = 2000, k_lookups = 2000;
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<Vector> places(k_places, Vector(dimensions));
  for (auto& place : places)
    for (float& x : place) x = normal(random);
  const auto near = [&](std::size_t i) {
    Vector vector = places[i % k_places];
    for (float& x : vector) x += 0.5f * normal(random);
    return vector;
  };
  cache::Semantic semantic{cache::Semantic::Options{}};
  cache::Entry entry;
  entry.expires_ms = 1;
  std::vector<double> adding, asking;
  std::vector<Vector> some;
  for (std::size_t i = 0; i < entries; ++i) {
    entry.embedding = near(i);
    entry.words = fmt::format("What is the answer to question {}?", i);
    if (i % std::max<std::size_t>(entries / k_lookups, 1) == 0) some.push_back(entry.embedding);
    cache::Key key{};
    for (std::size_t byte = 0; byte < 8; ++byte) key[byte] = static_cast<std::uint8_t>(i >> (8 * byte));
    const auto begin = std::chrono::steady_clock::now();
    semantic.add(key, entry);
    adding.push_back(us_since(begin));
  }
  std::size_t found = 0;
  cache::Question question{"What is the answer to question 5?", {}};
  for (const Vector& vector : some) {
    const auto begin = std::chrono::steady_clock::now();
    const auto nearest = semantic.nearest(question, vector, 0);
    asking.push_back(us_since(begin));
    found += nearest && nearest->score > 0.999;
  }
  double total = 0;
  for (const double time : adding) total += time;
  fmt::print(
      "\n{} entries of {} dimensions in one partition\n  lookup: {}; {} of {} found themselves\n  add: {}; "
      "all {:.0f} s\n",
      semantic.size(), dimensions, spread(asking), found, some.size(), spread(adding), total / 1e6);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const auto pairs = test::semantic_pairs(arguments[1]);
  if (pairs.empty()) return fmt::print(stderr, "{}: no pairs\n", arguments[1]), 1;
  const test::NgramEmbedder ngrams;
  measure_pairs("Hashed words and runs of letters", pairs,
                [&](const std::string& words) { return ngrams.embed(words); });
  const std::string url = environment("PK_BENCH_EMBEDDINGS_URL");
  if (!url.empty())
    measure_pairs(environment("PK_BENCH_EMBEDDINGS_MODEL").c_str(), pairs,
                  [&](const std::string& words) { return embed_at(url, words); });
  const auto number = [&](int i, std::size_t otherwise) {
    return count > i ? static_cast<std::size_t>(std::strtoull(arguments[i], nullptr, 10)) : otherwise;
  };
  measure_lookups(number(2, 100'000), number(3, 1536));
}
