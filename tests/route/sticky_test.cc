#include "route/sticky.h"

#include "route/plays.h"

namespace pk::route {
namespace {

using namespace plays;
using Pairs = std::vector<std::pair<std::string, std::string>>;

const std::string k_config =
    R"({"strategy":{"mode":"loadbalance","sticky":{"hash_fields":["metadata.user","params.model"],"ttl":60}},
        "targets":[{"provider":"demo"},{"provider":"demo"},{"provider":"demo"}]})";

Facts of(const Pairs& metadata) {
  Facts facts;
  facts.metadata = metadata;
  return facts;
}

TEST_CASE("A request is sent where its like was sent, until the time is over") {
  StickyTargets targets(KeyedHash::random());
  Play play(k_config);
  const Pairs ann = {{"user", "ann"}};
  const Pairs bob = {{"user", "bob"}};
  CHECK(targets.find("pc-1", play.route, of(ann), 0).empty());
  targets.remember("pc-1", play.route, of(ann), 2, 0);
  CHECK(targets.find("pc-1", play.route, of(ann), 59'999) == std::vector<StickyFact>{{&play.config.root, 2}});
  CHECK(targets.find("pc-1", play.route, of(ann), 60'000).empty());
  CHECK(targets.find("pc-1", play.route, of(bob), 0).empty());
  CHECK(targets.find("pc-2", play.route, of(ann), 0).empty());

  play.facts.sticky = targets.find("pc-1", play.route, of(ann), 0);
  for (play.facts.seed = 0; play.facts.seed < 20; ++play.facts.seed) CHECK(play.next().leaf == 2);
}

TEST_CASE("Use does not lengthen the time, another target does") {
  StickyTargets targets(KeyedHash::random());
  const Play play(k_config);
  const Pairs ann = {{"user", "ann"}};
  targets.remember("c", play.route, of(ann), 1, 0);
  targets.remember("c", play.route, of(ann), 1, 50'000);
  CHECK(targets.find("c", play.route, of(ann), 60'000).empty());
  targets.remember("c", play.route, of(ann), 1, 60'000);
  targets.remember("c", play.route, of(ann), 0, 70'000);
  CHECK(targets.find("c", play.route, of(ann), 125'000).at(0).target == 0);
}

TEST_CASE("A request without any of the fields is not sticky, one of them is enough") {
  StickyTargets targets(KeyedHash::random());
  const Play play(k_config);
  targets.remember("c", play.route, of({}), 1, 0);
  CHECK(targets.find("c", play.route, of({}), 0).empty());
  const Pairs empty = {{"user", ""}};
  targets.remember("c", play.route, of(empty), 1, 0);
  CHECK(targets.find("c", play.route, of(empty), 0).size() == 1);
  Facts with_model = of(empty);
  with_model.param = [](std::string_view name) -> std::optional<std::string_view> {
    return name == "model" ? std::optional<std::string_view>("\"m\"") : std::nullopt;
  };
  CHECK(targets.find("c", play.route, with_model, 0).empty());
}

TEST_CASE("Each strategy on the way remembers its own target") {
  StickyTargets targets(KeyedHash::random());
  const Play play(R"({"strategy":{"mode":"fallback"},"targets":[)" + k_config + "," + k_config + "]}");
  const Pairs ann = {{"user", "ann"}};
  targets.remember("c", play.route, of(ann), 1, 0);
  CHECK(targets.find("c", play.route, of(ann), 0) ==
        std::vector<StickyFact>{{&play.config.root.targets[0], 1}});
  targets.remember("c", play.route, of(ann), 5, 0);
  CHECK(targets.find("c", play.route, of(ann), 0) ==
        std::vector<StickyFact>{{&play.config.root.targets[0], 1}, {&play.config.root.targets[1], 2}});
}

TEST_CASE("The table is bounded") {
  StickyTargets targets(KeyedHash::random(), 8);
  const Play play(k_config);
  for (int i = 0; i < 100; ++i) {
    const Pairs user = {{"user", std::to_string(i)}};
    targets.remember("c", play.route, of(user), 1, 0);
  }
  const Pairs old = {{"user", "91"}};
  const Pairs recent = {{"user", "92"}};
  CHECK(targets.find("c", play.route, of(old), 0).empty());
  CHECK(targets.find("c", play.route, of(recent), 0).size() == 1);
}

TEST_CASE("A config without sticky has nothing to find") {
  StickyTargets targets(KeyedHash::random());
  const Play play(plays::targets(R"({"mode":"loadbalance"})", 2));
  const Pairs ann = {{"user", "ann"}};
  targets.remember("c", play.route, of(ann), 1, 0);
  CHECK(targets.find("c", play.route, of(ann), 0).empty());
}

}  // namespace
}  // namespace pk::route
