#include "store/share_rows.h"

#include "store/fixture.h"

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

}  // namespace

TEST_CASE("A row with any bit changed, or cut anywhere, is damaged") {
  Share share = share_of(record_at(k_now_ms));
  share.patterns = {{"customer", "C-[0-9]{6}"}};
  for (std::size_t i = 0; i < share.hash.size(); ++i) share.hash[i] = static_cast<std::uint8_t>(i + 1);
  const std::string key = share_key(share.hash);
  const std::string row = row_of(share);
  CHECK(must(read_share(key, row)) == share);
  CHECK_FALSE(read_share(std::string(k_share_key_bytes, 'x'), row));
  for (std::size_t i = 0; i < row.size(); ++i) {
    std::string flipped = row;
    flipped[i] = static_cast<char>(flipped[i] ^ 4);
    CHECK_FALSE(read_share(key, flipped));
    CHECK_FALSE(read_share(key, row.substr(0, i)));
  }
}

TEST_CASE("A rule sees which logs have a live share") {
  const TempDir dir;
  const auto env = open_env(dir);
  const log::LogRecord one = record_at(k_now_ms, 1), two = record_at(k_now_ms, 2);
  write_all(env, {one, two});
  CHECK(must(ShareJoin::begin(must(ReadTxn::begin(*env)), k_now_ms)).is_empty());
  must(add_share(*env, share_of(one, k_now_ms - k_week_ms)));
  must(add_share(*env, share_of(two, k_now_ms - k_week_ms)));
  must(add_share(*env, share_of(two)));
  const ReadTxn txn = must(ReadTxn::begin(*env));
  ShareJoin shares = must(ShareJoin::begin(txn, k_now_ms));
  CHECK_FALSE(must(shares.has(one.id)));
  CHECK(must(shares.has(two.id)));
  CHECK_FALSE(must(shares.has(id_at(k_now_ms, 3))));
}

}  // namespace pk::store::test
