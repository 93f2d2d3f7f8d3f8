#include "store/archived.h"

#include "store/fixture.h"
#include "store/reader.h"
#include "store/saved_virtual_keys.h"

namespace pk::store::test {

TEST_CASE("A log of an archived virtual key cannot be replayed, in lists and alone, until that is undone") {
  const TempDir dir;
  const auto env = open_env(dir);
  VirtualKeyChange change;
  change.provider = "ollama";
  const std::string id = *must(add_virtual_key(*env, "team", change, k_now_ms));
  log::LogRecord with = record_at(k_now_ms), without = record_at(k_now_ms + 1),
                 blocked = record_at(k_now_ms + 2);
  for (log::LogRecord* record : {&with, &without, &blocked})
    record->replay_blocked_by = log::ReplayBlock::none;
  with.virtual_key = blocked.virtual_key = id;
  without.virtual_key = "vk-other-000000";
  blocked.replay_blocked_by = log::ReplayBlock::endpoint;
  write_all(env, {with, without, blocked});
  const LogReader reader(env);
  const auto blocks = [&] {
    std::vector<log::ReplayBlock> found;
    must(reader.scan({{}, {}, Order::oldest_first}, SIZE_MAX, [&](const log::LogRecord& record) {
      found.push_back(record.replay_blocked_by);
      const auto whole = must(reader.get(record.id));
      CHECK(whole->replay_blocked_by == record.replay_blocked_by);
      return true;
    }));
    return found;
  };
  using log::ReplayBlock;
  CHECK(blocks() == std::vector{ReplayBlock::none, ReplayBlock::none, ReplayBlock::endpoint});
  const std::vector<std::string> ids{id};
  REQUIRE(archive_virtual_keys(*env, ids, true, k_now_ms));
  CHECK(blocks() == std::vector{ReplayBlock::provider_archived, ReplayBlock::none, ReplayBlock::endpoint});
  REQUIRE(archive_virtual_keys(*env, ids, false, k_now_ms));
  CHECK(blocks() == std::vector{ReplayBlock::none, ReplayBlock::none, ReplayBlock::endpoint});
}

}  // namespace pk::store::test
