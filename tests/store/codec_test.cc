#include "store/codec.h"

#include <map>

#include "store/fixture.h"
#include "store/txn.h"
#include "store/wire.h"

namespace pk::store::test {
namespace {

// One value per kind that is not its default; `n` is the field's number, so that no two are the same.
void fill(std::string& value, int n) {
  value = "text " + std::to_string(n);
}
void fill(std::int64_t& value, int n) {
  value = n % 2 ? n * 1'000'003LL : -n;
}
void fill(double& value, int n) {
  value = n + 0.7;
}
void fill(bool& value, int) {
  value = true;
}
void fill(Uuid& value, int n) {
  value = id_at(k_now_ms, static_cast<std::uint64_t>(n));
}
void fill(log::Content& value, int n);
template <class T>
void fill(std::optional<T>& value, int n) {
  fill(value.emplace(), n);
}
template <class Enum>
requires std::is_enum_v<Enum>
void fill(Enum& value, int) {
  value = static_cast<Enum>(1);
}
void fill(log::Metadata& value, int) {
  value = {{"team", "red"}, {"", std::string("\0\xff", 2)}};
}
void fill(std::vector<log::Attempt>& value, int) {
  value = {{"config.targets[0]", "openai", "gpt-4o", 500, "upstream failed", 12.25, 0},
           {"config.targets[1]", "demo", "", {}, "", 3, 100}};
}
void fill(log::Content& value, int n) {
  value = {{{"x-header", "v"}, {"x-header", ""}}, "body " + std::to_string(n)};
}
void fill(log::kind::derived_status&, int) {}
void fill(log::kind::derived_replayable&, int) {}
void fill(log::kind::derived_feedback&, int) {}

}  // namespace

log::LogRecord full_record() {
  log::LogRecord record;
#define PK_FIELD(number, name, kind) fill(record.name, number);
#define PK_FIELD_INTERNAL(number, name, kind) fill(record.name, number);
#include "log/fields.def"
  record.created_at = k_now_ms;
  return record;
}

std::string conversation(std::size_t turns, std::size_t turn_bytes) {
  std::string body = R"({"model":"gpt-4o","tools":[)";
  for (int i = 0; i < 20; ++i)
    body +=
        std::string(i ? "," : "") + R"({"type":"function","function":{"name":"tool)" + std::to_string(i) +
        R"(","description":"Does a thing that takes \"some\" words to say [really]","parameters":{"type":"object"}}})";
  body += R"(],"messages":[{"role":"system","content":"Be brief."})";
  Rng rng(7);
  for (std::size_t i = 0; i < turns; ++i) {
    std::string text;
    while (text.size() < turn_bytes) text += "word" + std::to_string(rng.next() % 5000) + " ";
    body += R"(,{"role":"user","content":")" + text.substr(0, turn_bytes / 3) +
            R"("}, {"role":"assistant","content":")" + text.substr(turn_bytes / 3) + R"("})";
  }
  return body + R"(, {"role":"user","content":"and now?"} ],"stream":true})";
}

std::string first_key(const Txn& txn, Table table) {
  Cursor cursor = must(Cursor::open(txn, table));
  REQUIRE(must(cursor.first()));
  return std::string(cursor.key());
}

std::uint64_t entries_of(const std::shared_ptr<Env>& env, Table table) {
  return must(must(ReadTxn::begin(*env)).entries(table));
}

std::uint64_t bytes_of(const std::shared_ptr<Env>& env, Table table) {
  const ReadTxn txn = must(ReadTxn::begin(*env));
  Cursor cursor = must(Cursor::open(txn, table));
  std::uint64_t bytes = 0;
  for (bool more = must(cursor.first()); more; more = must(cursor.next()))
    bytes += cursor.key().size() + cursor.value().size();
  return bytes;
}

namespace {

std::string row_of(const log::LogRecord& record, std::uint8_t flags = 0) {
  std::string row;
  append_row(row, record);
  set_flags(record.id, row.data(), row.size(), flags);
  return row;
}

log::LogRecord without_content(log::LogRecord record) {
  record.request.reset();
  record.response.reset();
  return record;
}

}  // namespace

TEST_CASE("Every field comes back as it was") {
  const log::LogRecord record = full_record();
  log::LogRecord read;
  must(decode_row(record.id, row_of(record), read));
  REQUIRE(read == without_content(record));
}

TEST_CASE("A record reused for the next row keeps nothing of the one before") {
  log::LogRecord read = full_record();
  log::LogRecord empty;
  empty.id = id_at(1);
  must(decode_row(empty.id, row_of(empty), read));
  REQUIRE(read == empty);
  REQUIRE(row_of(empty).size() == 10);  // defaults take no bytes
}

TEST_CASE("Numbers at their ends come back") {
  for (const std::int64_t number : {INT64_MIN, std::int64_t{-1}, std::int64_t{1}, INT64_MAX}) {
    log::LogRecord record;
    record.seed = number;
    record.http_status = 0;
    record.cost_usd = -0.0;
    record.latency_ms = -0.0;
    log::LogRecord read;
    must(decode_row(record.id, row_of(record), read));
    REQUIRE(read == record);
    REQUIRE(std::signbit(read.latency_ms));
  }
}

TEST_CASE("The example of FORMAT.md is what is written") {
  log::LogRecord record;
  record.id = *Uuid::parse("018e0a3c-5c00-7000-8000-000000000001");
  record.trace_id = record.id.text();
  record.method = "GET";
  record.state = log::State::aborted;
  record.http_status = 200;
  record.ok = true;
  record.model = "m";
  const std::string row = row_of(record);
  REQUIRE(row.substr(8) == std::string("\x01\x02\x1e\x03GET\x28\x04\x2c\x90\x03\x33\x3e\x01m", 16));
  log::LogRecord read;
  must(decode_row(record.id, row, read));
  REQUIRE(read == record);
}

TEST_CASE("Fields of unknown numbers are skipped, whatever their wire") {
  log::LogRecord record = record_at(k_now_ms);
  std::string row;
  append_row(row, record);
  for (const unsigned wire : {0u, 1u, 2u, 3u}) {
    append_varint(row, 4000 * 4 + wire);
    if (wire == 0) append_zigzag(row, -5);
    if (wire == 1) append_fixed(row, 1.5);
    if (wire == 2) append_text(row, "later");
  }
  set_flags(record.id, row.data(), row.size(), 0);
  log::LogRecord read;
  must(decode_row(record.id, row, read));
  REQUIRE(read == without_content(record));
}

TEST_CASE("Content that is gone blocks a replay, unless something else does already") {
  log::LogRecord record = record_at(k_now_ms);
  log::LogRecord read;
  must(decode_row(record.id, row_of(record, row_flag::content_gone), read));
  REQUIRE(read.replay_blocked_by == log::ReplayBlock::no_content);
  record.replay_blocked_by = log::ReplayBlock::endpoint;
  must(decode_row(record.id, row_of(record, row_flag::content_gone), read));
  REQUIRE(read.replay_blocked_by == log::ReplayBlock::endpoint);
}

TEST_CASE("A row cut anywhere, changed anywhere, or under another id is damage that names the id") {
  const log::LogRecord record = full_record();
  const std::string row = row_of(record);
  log::LogRecord read;
  for (std::size_t size = 0; size < row.size(); ++size) {
    const Result<void> result = decode_row(record.id, row.substr(0, size), read);
    REQUIRE_FALSE(result);
    REQUIRE(result.error().code == Errc::corrupt);
    REQUIRE(result.error().message.find(record.id.text()) != std::string::npos);
  }
  for (std::size_t i = 0; i < row.size(); ++i) {
    std::string changed = row;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    REQUIRE_FALSE(decode_row(record.id, changed, read));
  }
  REQUIRE_FALSE(decode_row(id_at(5), row, read));
}

TEST_CASE("Bytes with a right sum and wrong fields are refused") {
  const std::vector<std::string> fields = {
      std::string("\x1e", 1),  // method without its length
      std::string("\x1e\x05"
                  "GET",
                  5),                   // shorter than it says
      std::string("\x1c\x02", 2),       // method as a number
      std::string("\x28\x06", 2),       // a state that does not exist
      std::string("\x28\x01", 2),       // a negative one
      std::string("\x06\x01x", 3),      // the id, which is the key
      std::string("\xc6\x01\x01x", 4),  // request
      std::string("\xba\x01\x03"
                  "abc",
                  6),  // replay_of, too short
      std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11),
  };
  for (const std::string& field : fields) {
    log::LogRecord read;
    std::string row(k_sum_bytes, '\0');
    row += std::string("\x01\x00", 2) + field;
    REQUIRE_FALSE(decode_fields(id_at(1), row, read));
  }
}

}  // namespace pk::store::test
