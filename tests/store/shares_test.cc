#include "store/shares.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "store/fixture.h"
#include "store/prune.h"
#include "store/share_rows.h"
#include "store/verify.h"
#include "store/wire.h"

namespace pk::store::test {
namespace {

constexpr std::int64_t k_week_ms = 7 * k_day_ms;

Share share_of(const log::LogRecord& record, std::int64_t created_at = k_now_ms) {
  Share share;
  share.log_id = record.id;
  share.created_at = created_at;
  share.expires_at = created_at + k_week_ms;
  return share;
}

std::optional<Share> found(const std::shared_ptr<Env>& env, const std::string& token,
                           std::int64_t now_ms = k_now_ms) {
  return must(find_share(*env, token, now_ms));
}

}  // namespace

TEST_CASE("A share is found by its token, as it was made") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, {record_at(k_now_ms, 1), record_at(k_now_ms, 2)});
  Share wanted = share_of(record_at(k_now_ms, 2));
  wanted.redact = true;
  wanted.patterns = {{"customer", "C-[0-9]{6}"}, {"", ""}};
  const MadeShare made = must(add_share(*env, wanted));
  CHECK(found(env, made.token) == made.share);
  CHECK(made.share.patterns == wanted.patterns);
  CHECK(made.share.hint() == hex(share_key(made.share.hash)).substr(0, 6));
  wanted.redact = false;
  wanted.expires_at.reset();
  const MadeShare other = must(add_share(*env, wanted));
  CHECK(found(env, other.token, k_now_ms + 1000 * k_week_ms) == other.share);
  CHECK(must(verify(*env)).shares == 2);
  CHECK(must(verify(*env)).damaged == 0);
}

TEST_CASE("Tokens are random, plain letters, and kept nowhere") {
  const TempDir dir;
  std::set<std::string> tokens;
  {
    const auto env = open_env(dir);
    write_all(env, {record_at(k_now_ms)});
    for (int i = 0; i < 50; ++i) tokens.insert(must(add_share(*env, share_of(record_at(k_now_ms)))).token);
  }
  CHECK(tokens.size() == 50);
  for (const std::string& token : tokens) {
    CHECK(token.size() == k_share_token_chars);
    CHECK(token.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos);
  }
  for (const auto& entry : std::filesystem::directory_iterator(dir.path()))
    CHECK(read_file(entry.path()).find(*tokens.begin()) == std::string::npos);
}

TEST_CASE("A wrong, an expired and a revoked token open nothing") {
  const TempDir dir;
  const auto env = open_env(dir);
  const log::LogRecord record = record_at(k_now_ms);
  write_all(env, {record});
  const MadeShare made = must(add_share(*env, share_of(record)));
  for (const std::string& wrong : {std::string(), std::string("x"), std::string(32, 'a'),
                                   made.token.substr(1), made.token + "a", std::string(1'000'000, 'a')})
    CHECK_FALSE(found(env, wrong));
  CHECK_FALSE(found(env, hex(share_key(made.share.hash))));
  CHECK(found(env, made.token, k_now_ms + k_week_ms - 1));
  CHECK_FALSE(found(env, made.token, k_now_ms + k_week_ms));
  CHECK(must(revoke_share(*env, made.token)));
  CHECK_FALSE(found(env, made.token));
  CHECK_FALSE(must(revoke_share(*env, made.token)));
  CHECK(entries_of(env, Table::shares) == 0);
  CHECK(entries_of(env, Table::share_logs) == 0);
}

TEST_CASE("Another hash with the same front does not open a share") {
  const TempDir dir;
  const auto env = open_env(dir);
  const log::LogRecord record = record_at(k_now_ms);
  write_all(env, {record});
  const MadeShare made = must(add_share(*env, share_of(record)));
  Share forged = made.share;
  forged.hash.back() ^= 1;
  WriteTxn txn = must(WriteTxn::begin(*env));
  must(put_share(txn, forged));
  must(txn.commit());
  CHECK_FALSE(found(env, made.token));
}

TEST_CASE("A log that is not there is not shared") {
  const TempDir dir;
  const auto env = open_env(dir);
  const auto made = add_share(*env, share_of(record_at(k_now_ms)));
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Errc::not_found);
  CHECK(entries_of(env, Table::shares) == 0);
}

TEST_CASE("A list has the live shares of one log or of all, newest first") {
  const TempDir dir;
  const auto env = open_env(dir);
  const log::LogRecord one = record_at(k_now_ms, 1), two = record_at(k_now_ms, 2);
  write_all(env, {one, two});
  must(add_share(*env, share_of(one, k_now_ms - k_week_ms)));
  const Share old = must(add_share(*env, share_of(one, k_now_ms - 1))).share;
  const Share fresh = must(add_share(*env, share_of(two))).share;
  CHECK(must(list_shares(*env, k_now_ms, {})).entries == std::vector<Share>{fresh, old});
  CHECK(must(list_shares(*env, k_now_ms, one.id)).entries == std::vector<Share>{old});
  CHECK(must(list_shares(*env, k_now_ms, id_at(k_now_ms, 3))).entries.empty());
}

TEST_CASE("A share is revoked by its hint; one that fits several names them") {
  const TempDir dir;
  const auto env = open_env(dir);
  const log::LogRecord record = record_at(k_now_ms);
  write_all(env, {record});
  Share share = share_of(record);
  WriteTxn txn = must(WriteTxn::begin(*env));
  for (const std::uint8_t last : {0x10, 0x11, 0x20}) {
    share.hash = {0xab, 0xcd, 0xe0, last};
    must(put_share(txn, share));
  }
  must(txn.commit());
  const auto several = revoke_share(*env, "abcde0");
  REQUIRE_FALSE(several);
  CHECK(several.error().code == Errc::invalid);
  CHECK(several.error().message.find("abcde011") != std::string::npos);
  CHECK_FALSE(revoke_share(*env, "abcde01"));
  CHECK(must(revoke_share(*env, "abcde02")));
  CHECK(must(revoke_share(*env, "abcde011")));
  CHECK(must(revoke_share(*env, "abcde0")));
  for (const char* none : {"abcde", "abcdef", "ABCDE0", "not a hint", "%", ""})
    CHECK_FALSE(must(revoke_share(*env, none)));
}

TEST_CASE("A share goes with its log, by rm and by prune, and the others stay") {
  const TempDir dir;
  const auto env = open_env(dir);
  const log::LogRecord old = record_at(k_now_ms - 10 * k_day_ms), other = record_at(k_now_ms);
  const log::LogRecord removed = record_at(k_now_ms, 1);
  write_all(env, {old, other, removed});
  for (const log::LogRecord* record : {&old, &removed, &removed, &other})
    must(add_share(*env, share_of(*record)));
  const std::vector<Uuid> ids = {removed.id};
  CHECK(must(remove(*env, ids)) == 1);
  CHECK(entries_of(env, Table::shares) == 2);
  PruneRules rules;
  rules.now_ms = k_now_ms;
  rules.older_than_ms = 9 * k_day_ms;
  const PruneReport weighed = must(prune(*env, rules, true));
  CHECK(must(prune(*env, rules)) == weighed);
  const auto left = must(list_shares(*env, k_now_ms, {})).entries;
  REQUIRE(left.size() == 1);
  CHECK(left[0].log_id == other.id);
  CHECK(must(verify(*env)).damaged == 0);
}

TEST_CASE("A prune lets links go that are over, a dry run does not") {
  const TempDir dir;
  const auto env = open_env(dir);
  const log::LogRecord record = record_at(k_now_ms);
  write_all(env, {record});
  must(add_share(*env, share_of(record, k_now_ms - k_week_ms)));
  const MadeShare live = must(add_share(*env, share_of(record)));
  PruneRules rules;
  rules.now_ms = k_now_ms;
  must(prune(*env, rules, true));
  CHECK(entries_of(env, Table::shares) == 2);
  must(prune(*env, rules));
  CHECK(entries_of(env, Table::shares) == 1);
  CHECK(found(env, live.token));
}

TEST_CASE("What is over is purged, in bounded steps") {
  const TempDir dir;
  const auto env = open_env(dir);
  const log::LogRecord record = record_at(k_now_ms);
  write_all(env, {record});
  WriteTxn txn = must(WriteTxn::begin(*env));
  Share share = share_of(record);
  for (int n = 0; n < 2500; ++n) {
    share.hash[0] = static_cast<std::uint8_t>(n);
    share.hash[1] = static_cast<std::uint8_t>(n >> 8);
    must(put_share(txn, share));
  }
  must(txn.commit());
  const MadeShare live = must(add_share(*env, share_of(record, k_now_ms + 1)));
  CHECK(must(purge_expired_shares(*env, k_now_ms)) == 0);
  CHECK(must(purge_expired_shares(*env, k_now_ms + k_week_ms)) == 2500);
  CHECK(entries_of(env, Table::shares) == 1);
  CHECK(entries_of(env, Table::share_logs) == 1);
  CHECK(found(env, live.token));
}

TEST_CASE("Among 10,000 shares each is found, and the bound makes room by what is over") {
  const TempDir dir;
  const auto env = open_env(dir);
  const log::LogRecord record = record_at(k_now_ms);
  write_all(env, {record});
  const MadeShare first = must(add_share(*env, share_of(record, k_now_ms + 1)));
  const auto fill = [&](std::uint32_t from, std::uint32_t to) {
    WriteTxn txn = must(WriteTxn::begin(*env));
    Share share = share_of(record);
    for (std::uint32_t n = from; n < to; ++n) {
      for (int i = 0; i < 4; ++i) share.hash[i] = static_cast<std::uint8_t>(n * 2654435761U >> (24 - 8 * i));
      must(put_share(txn, share));
    }
    must(txn.commit());
  };
  fill(1, 10'000);
  CHECK(entries_of(env, Table::shares) == 10'000);
  CHECK(found(env, first.token) == first.share);
  const MadeShare last = must(add_share(*env, share_of(record, k_now_ms + 2)));
  const auto list = must(list_shares(*env, k_now_ms, {})).entries;
  REQUIRE(list.size() == 10'001);
  CHECK(list[0] == last.share);
  CHECK(list[1] == first.share);
  fill(10'000, 99'999);
  REQUIRE(entries_of(env, Table::shares) == k_shares_max);
  const auto full = add_share(*env, share_of(record));
  REQUIRE_FALSE(full);
  CHECK(full.error().code == Errc::limit);
  CHECK(add_share(*env, share_of(record, k_now_ms + k_week_ms)));
  CHECK(found(env, first.token));
}

TEST_CASE("A damaged share opens nothing, is named, and can be revoked by its hint") {
  const TempDir dir;
  const auto env = open_env(dir);
  const log::LogRecord record = record_at(k_now_ms);
  write_all(env, {record});
  const MadeShare made = must(add_share(*env, share_of(record)));
  const std::string key = share_key(made.share.hash);
  const std::string row = row_of(made.share);
  WriteTxn txn = must(WriteTxn::begin(*env));
  must(txn.put(Table::shares, key, row.substr(0, row.size() - 1)));
  must(txn.commit());
  CHECK_FALSE(find_share(*env, made.token, k_now_ms));
  const auto list = must(list_shares(*env, k_now_ms, {}));
  CHECK(list.entries.empty());
  REQUIRE(list.damage.size() == 1);
  CHECK(list.damage[0].find("pk logs share --revoke " + made.share.hint()) != std::string::npos);
  CHECK(must(verify(*env)).damaged == 1);
  CHECK(must(revoke_share(*env, made.share.hint())));
  CHECK(must(verify(*env)).damaged == 0);
}

TEST_CASE("verify finds a share without its index, without its log, and an index without its share") {
  const TempDir dir;
  const auto env = open_env(dir);
  const log::LogRecord record = record_at(k_now_ms);
  write_all(env, {record});
  for (const Table table : {Table::shares, Table::share_logs, Table::records}) {
    const Share share = must(add_share(*env, share_of(record))).share;
    const std::string key = table == Table::shares ? share_key(share.hash)
                            : table == Table::share_logs
                                ? std::string(as_view(record.id)) + share_key(share.hash)
                                : std::string(as_view(record.id));
    WriteTxn txn = must(WriteTxn::begin(*env));
    REQUIRE(must(txn.remove(table, key)));
    must(txn.commit());
    CHECK(must(verify(*env)).damaged > 0);
  }
}

}  // namespace pk::store::test
