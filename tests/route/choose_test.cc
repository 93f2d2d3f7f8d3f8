#include "route/choose.h"

#include <cmath>
#include <set>

#include "base/rng.h"
#include "route/plays.h"

namespace pk::route {
namespace {

using namespace plays;

std::string weighted(const std::vector<double>& weights) {
  std::string json =
      R"({"strategy":{"mode":"loadbalance","sticky":{"hash_fields":["metadata.user"]}},"targets":[)";
  for (std::size_t i = 0; i < weights.size(); ++i)
    json += fmt::format(R"({}{{"provider":"demo","weight":{}}})", i == 0 ? "" : ",", weights[i]);
  return json + "]}";
}

std::vector<double> shares(const config::Node& strategy, std::size_t seeds, Facts facts = {}) {
  std::vector<double> shares(strategy.targets.size());
  Rng rng(1);
  for (std::size_t i = 0; i < seeds; ++i) {
    facts.seed = rng.next();
    shares[choose(strategy, facts).target] += 1.0 / static_cast<double>(seeds);
  }
  return shares;
}

TEST_CASE("L2: ten thousand seeds are within one percent of the weights") {
  for (const std::vector<double>& weights :
       {std::vector<double>{3, 1}, {1, 1}, {0.7, 0.3}, {5, 3, 2}, {1, 0, 1}, {1000, 1}, {0.001, 0.003}}) {
    const Play play(weighted(weights));
    double sum = 0;
    for (const double weight : weights) sum += weight;
    const auto found = shares(play.config.root, 10'000);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      CAPTURE(weights, i, found[i]);
      CHECK(std::abs(found[i] - weights[i] / sum) < 0.01);
      if (weights[i] == 0) CHECK(found[i] == 0);
    }
  }
}

TEST_CASE("Seeds that count up are spread as well as any") {
  const Play play(weighted({1, 1}));
  Facts facts;
  int first = 0;
  for (facts.seed = 0; facts.seed < 10'000; ++facts.seed)
    first += choose(play.config.root, facts).target == 0;
  CHECK(std::abs(first - 5000) < 100);
}

TEST_CASE("The same seed picks the same target, in each strategy for itself") {
  const std::string json =
      R"({"strategy":{"mode":"loadbalance"},"targets":[)" + weighted({1, 1}) + "," + weighted({1, 1}) + "]}";
  const Play play(json);
  const config::Node& root = play.config.root;
  std::set<std::vector<std::size_t>> seen;
  Facts facts;
  for (facts.seed = 0; facts.seed < 200; ++facts.seed) {
    const std::vector<std::size_t> picks = {choose(root, facts).target, choose(root.targets[0], facts).target,
                                            choose(root.targets[1], facts).target};
    CHECK(choose(root, facts).target == picks[0]);
    seen.insert(picks);
  }
  CHECK(seen.size() == 8);
}

TEST_CASE("A draw is in [0, 1)") {
  for (std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}, std::uint64_t{1} << 63}) {
    CHECK(draw(seed, "config") >= 0);
    CHECK(draw(seed, "config") < 1);
    CHECK(draw(seed, "config") != draw(seed, "config.targets[0]"));
  }
}

TEST_CASE("The weight of open targets goes to the others") {
  const Play play(weighted({2, 1, 1}));
  Facts facts;
  facts.open.set(0);
  const auto found = shares(play.config.root, 4000, facts);
  CHECK(found[0] == 0);
  CHECK(std::abs(found[1] - 0.5) < 0.03);
  facts.open.set();
  CHECK(choose(play.config.root, facts).bypassed);
  CHECK(std::abs(shares(play.config.root, 4000, facts)[0] - 0.5) < 0.03);
}

TEST_CASE("Where only drained targets are closed the open ones are asked") {
  const Play play(weighted({1, 0}));
  Facts facts;
  facts.open.set(0);
  const Choice choice = choose(play.config.root, facts);
  CHECK(choice.target == 0);
  CHECK(choice.bypassed);
}

TEST_CASE("A sticky target is kept unless it is open, drained or gone") {
  const Play play(weighted({1, 1, 0}));
  const config::Node& root = play.config.root;
  Facts facts;
  const auto choose_with = [&](std::size_t target) {
    facts.sticky = {{&root, target}};
    return choose(root, facts);
  };
  for (facts.seed = 0; facts.seed < 20; ++facts.seed) {
    CHECK(choose_with(0) == Choice{0, Choice::By::sticky});
    CHECK(choose_with(1) == Choice{1, Choice::By::sticky});
    CHECK(choose_with(2).by == Choice::By::weight);
    CHECK(choose_with(3).by == Choice::By::weight);
  }
  facts.open.set(0);
  CHECK(choose_with(0).target == 1);
  const config::Node other;
  facts.sticky = {{&other, 0}};
  CHECK(choose(root, facts).by == Choice::By::weight);
}

TEST_CASE("C1 to C9: the first condition that holds, else the default") {
  const Play play(R"({"strategy":{"mode":"conditional","default":"d","conditions":[
      {"query":{"metadata.plan":{"$eq":"paid"}},"then":"a"},
      {"query":{"params.model":"fast"},"then":"b"},
      {"query":{"params.temperature":{"$gte":0.8}},"then":"c"},
      {"query":{"metadata.team":{"$in":["x","y"]}},"then":"a"},
      {"query":{"url.pathname":{"$regex":"embeddings$"}},"then":"b"},
      {"query":{"$and":[{"metadata.region":"eu"},{"$or":[{"params.n":2},{"params.stream":true}]}]},"then":"c"}]},
    "targets":[{"name":"a","provider":"demo"},{"name":"b","provider":"demo"},{"name":"c","provider":"demo"},
               {"name":"d","provider":"demo"}]})");
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  const auto target = [&](const Pairs& metadata, const Pairs& params,
                          std::string_view path = "/v1/chat/completions") {
    Facts facts;
    facts.metadata = metadata;
    facts.url_path = path;
    facts.param = [&](std::string_view name) -> std::optional<std::string_view> {
      for (const auto& [key, value] : params)
        if (key == name) return value;
      return {};
    };
    return choose(play.config.root, facts).target;
  };
  CHECK(target({{"plan", "paid"}}, {{"model", "\"fast\""}}) == 0);
  CHECK(target({{"plan", "free"}}, {{"model", "\"fast\""}}) == 1);
  CHECK(target({}, {{"temperature", "0.8"}}) == 2);
  CHECK(target({}, {{"temperature", "0.79"}}) == 3);
  CHECK(target({{"team", "y"}}, {}) == 0);
  CHECK(target({}, {}, "/v1/embeddings") == 1);
  CHECK(target({{"region", "eu"}}, {{"stream", "true"}}) == 2);
  CHECK(target({{"region", "eu"}}, {{"n", "2"}}) == 2);
  CHECK(target({{"region", "eu"}}, {{"n", "3"}}) == 3);
  CHECK(target({}, {}) == 3);
}

TEST_CASE("A conditional does not look at breakers") {
  Play play(targets(R"({"mode":"conditional","conditions":[{"query":{},"then":"t1"}]})", 2));
  play.facts.open.set(1);
  CHECK(choose(play.config.root, play.facts) == Choice{1, Choice::By::condition, 0, 0, 0, false});
}

}  // namespace
}  // namespace pk::route
