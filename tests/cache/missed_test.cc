#include "cache/missed.h"

#include "cache/fixture.h"
#include "cache/local_store.h"
#include "support/temp_folder.h"

namespace pk::cache::test {
namespace {

struct Cached {
  pk::test::TempFolder folder;
  SystemClock clock;

  void keep(const std::vector<std::pair<Uuid, std::string>>& bodies) {
    LocalStore::Options options;
    options.dir = folder.path();
    const auto store = must(LocalStore::open(std::move(options), clock));
    std::int64_t at = k_now_ms;
    for (const auto& [id, body] : bodies) {
      Entry entry;
      entry.log_id = id;
      entry.created_ms = at += 1000;
      entry.expires_ms = at + 1'000'000'000;
      entry.fingerprint = fingerprint(chat(body));
      const Key key = cache::key_of(entry.fingerprint);
      store->put(key, shared(std::move(entry)));
    }
  }
  Missed why(const Uuid& id, std::int64_t at) const {
    return must(why_missed(must(LocalAdmin::open(folder.path())), id, at));
  }
};

}  // namespace

TEST_CASE("The nearest entry of before is the one with the fewest differing fields, the newest of these") {
  Cached cached;
  cached.keep({{id_of(1), R"({"model":"m","temperature":0,"messages":["a","b"]})"},
               {id_of(2), R"({"model":"m","temperature":1,"messages":["a","c"]})"},
               {id_of(3), R"({"model":"n","messages":["x"]})"},
               {id_of(4), R"({"model":"m","temperature":1,"messages":["a","b"]})"},
               {id_of(5), R"({"model":"m","temperature":1,"messages":["a","b"],"n":1})"}});
  const Missed missed = cached.why(id_of(4), k_now_ms + 3500);
  CHECK(missed.kept);
  CHECK(missed.looked_at < 5);
  CHECK(missed.nearest == id_of(2));
  CHECK(missed.differing == std::vector<std::string>{"body.messages[1]"});
}

TEST_CASE("Of nothing kept, and of the first entry, there is nothing to name") {
  Cached cached;
  cached.keep({{id_of(1), R"({"model":"m"})"}});
  CHECK_FALSE(cached.why(id_of(9), k_now_ms).kept);
  const Missed first = cached.why(id_of(1), k_now_ms);
  CHECK(first.kept);
  CHECK(first.looked_at == 0);
  CHECK(first.differing.empty());
}

}  // namespace pk::cache::test
