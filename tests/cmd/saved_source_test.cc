#include "cmd/saved_source.h"

#include "support/catch.h"

namespace pk::cmd {
namespace {

const config::Settings k_settings;

// A ledger of which a test says what is in it, or that it cannot be read.
struct Fixture {
  SavedSource source{{[this]() -> Result<std::uint64_t> {
                        if (broken) return Error{Errc::corrupt, "a page is bad"};
                        return ledger.changes;
                      },
                      [this](const store::ParseConfig&) -> Result<store::LoadedSaved> {
                        ++loads;
                        if (broken) return Error{Errc::corrupt, "a page is bad"};
                        return ledger;
                      }},
                     false,
                     [this](std::string_view line) { said.emplace_back(line); }};

  bool follow(const config::Settings& settings = k_settings) { return source.follow(settings, true); }
  bool needs_key() const { return source.latest()->has_api_keys(); }
  void change() { ++ledger.changes; }

  store::LoadedSaved ledger;
  bool broken = false;
  int loads = 0;
  std::vector<std::string> said;
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("Without a ledger nothing is saved; of one that cannot be read nobody knows, and a key is needed") {
  for (const bool unknown : {false, true}) {
    SavedSource source({}, unknown, [](std::string_view) {});
    source.load(k_settings, true);
    CHECK(source.latest()->has_api_keys() == unknown);
    CHECK_FALSE(source.follow(k_settings, true));
    CHECK(source.trouble().empty());
  }
}

TEST_CASE_METHOD(Fixture, "What did not change is not read again") {
  source.load(k_settings, true);
  CHECK_FALSE(follow());
  CHECK(loads == 1);
  change();
  CHECK(follow());
  CHECK(loads == 2);
  CHECK_FALSE(follow());
  CHECK(said.empty());
}

TEST_CASE_METHOD(Fixture, "Until the first load worked a key is needed") {
  broken = true;
  source.load(k_settings, true);
  CHECK(needs_key());
  CHECK(source.trouble() == "what is saved cannot be read: a page is bad");
  broken = false;
  while (!follow()) {
  }
  CHECK_FALSE(needs_key());
  CHECK(source.trouble().empty());
}

TEST_CASE_METHOD(Fixture, "A ledger that cannot be read is told of once and asked less and less often") {
  source.load(k_settings, true);
  const auto before = source.latest();
  broken = true;
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(follow());
  CHECK(source.latest() == before);
  CHECK(said == Lines{"what is saved cannot be read: a page is bad"});
  CHECK(loads > 10);
  CHECK(loads < 30);
  broken = false;
  unsigned polls = 1;
  while (!follow()) ++polls;
  CHECK(polls <= k_polls_skipped_max + 1);
  CHECK(source.latest() != before);
  broken = true;
  CHECK_FALSE(follow());
  CHECK(said.size() == 2);
}

TEST_CASE_METHOD(Fixture,
                 "A problem is told of once while it holds, a new one at once, all of them on demand") {
  ledger.problems = {"config a is bad"};
  source.load(k_settings, true);
  change();
  follow();
  CHECK(said == Lines{"config a is bad"});
  ledger.problems = {"config a is bad", "config b is bad"};
  change();
  follow();
  CHECK(said == Lines{"config a is bad", "config b is bad"});
  ledger.problems = {};
  change();
  follow();
  ledger.problems = {"config a is bad"};
  change();
  follow();
  CHECK(said.size() == 3);
  source.load(k_settings, true);
  CHECK(said.size() == 4);
}

TEST_CASE_METHOD(Fixture,
                 "A default config that is not there is told of, and what is saved is taken all the same") {
  config::Settings settings;
  settings.default_config = "pc-main-000001";
  source.load(settings, true);
  change();
  CHECK(follow(settings));
  REQUIRE(said.size() == 1);
  CHECK(said[0].starts_with("default_config: there is no saved config 'pc-main-000001'"));
  ledger.saved.add(config::SavedConfig{"pc-main-000001", "main", 1, {}});
  change();
  CHECK(follow(settings));
  CHECK(said.size() == 1);
}

}  // namespace pk::cmd
