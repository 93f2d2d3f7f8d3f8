#include "cmd/rows.h"

#include "base/json.h"
#include "base/text.h"
#include "cmd/terminal.h"
#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::cmd {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

std::string written(Format format, log::FieldSet fields, const std::vector<log::LogRecord>& records,
                    RowStyle style = {}) {
  style.now_ms = k_time + 60'000;
  const auto writer = make_row_writer(format, std::move(fields), style);
  std::string out;
  for (const auto& record : records) writer->row(out, record);
  writer->end(out);
  return out;
}

log::FieldSet fields(std::string_view list) {
  return log::FieldSet::parse(list).value();
}

}  // namespace

TEST_CASE("TSV has the contract's columns, nothing cut, tabs and new lines escaped") {
  auto record = test::sample_record(k_time, 7);
  record.user = "a\tb\nc\rd " + std::string(300, 'x');
  CHECK(written(Format::tsv, piped_fields(), {record}) ==
        record.id.text() + "\t2026-03-01T09:30:00.000Z\tgpt-4o-mini\t/v1/chat/completions\ta\\tb\\nc\\rd " +
            std::string(300, 'x') +
            "\t1204\t0.0031\tcache-disabled,retry-not-triggered,fallback-disabled,loadbalance-disabled\n");
  CHECK(written(Format::tsv, piped_fields(), {}).empty());
}

TEST_CASE("CSV has a header of field names, also without rows, and quotes what needs it") {
  auto record = test::sample_record(k_time, 7);
  record.user = "say \"hi\", ann";
  CHECK(written(Format::csv, fields("user,model,ttft_ms"), {record}) ==
        "user,model,ttft_ms\n\"say \"\"hi\"\", ann\",gpt-4o-mini,\n");
  CHECK(written(Format::csv, fields("user,model"), {}) == "user,model\n");
}

TEST_CASE("JSON is one array with a record a line, JSONL one object a line") {
  const auto a = test::sample_record(k_time, 1), b = test::sample_record(k_time, 2);
  CHECK(written(Format::json, fields("model"), {}) == "[]\n");
  CHECK(written(Format::json, fields("model,ok"), {a, b}) ==
        "[\n{\"model\":\"gpt-4o-mini\",\"ok\":true},\n{\"model\":\"gpt-4o-mini\",\"ok\":true}\n]\n");
  CHECK(written(Format::jsonl, fields("ok"), {a, b}) == "{\"ok\":true}\n{\"ok\":true}\n");
  CHECK(written(Format::jsonl, fields("ok"), {}).empty());
}

TEST_CASE("No form lets a control character reach a terminal") {
  auto record = test::sample_record(k_time, 1);
  record.user = record.model = "\x1b[31m\x7f\u009b\u202e\a";
  for (const Format format : {Format::table, Format::json, Format::jsonl, Format::csv, Format::tsv}) {
    const std::string out =
        written(format, log::FieldSet::lists(), {record}, {.terminal = true, .columns = 400});
    CAPTURE(out);
    CHECK(out == visible(out, true));
    if (format == Format::json) CHECK(is_json(out));
  }
}

TEST_CASE("The table fits 80 columns and has time, model, path, user, tokens, cost and status") {
  auto record = test::sample_record(k_time, 0xabcdef12);
  record.user = "ann@example.com";
  record.stream = true;
  record.cache = log::Cache::hit;
  const std::string out =
      written(Format::table, log::FieldSet::lists(), {record}, {.terminal = true, .columns = 110});
  CHECK(out ==
        "Time    Id         Model        Path             User              Tokens (Cost)  Status\n"
        "1m ago  abcdef12  ↯gpt-4o-mini  Chat Completion  ann@example.com  1,204 (0.31 ¢)  cache hit\n");
  CHECK(written(Format::table, log::FieldSet::lists(), {record}, {.terminal = true, .columns = 80}) ==
        "Time  Id       Model        Path  User              Tokens (Cost)  Status\n"
        "1m    cdef12  ↯gpt-4o-mini  Chat  ann@example.com  1,204 (0.31 ¢)  hit\n");
  record.model = std::string(100, 'm');
  const std::string narrow =
      written(Format::table, log::FieldSet::lists(), {record}, {.terminal = true, .columns = 80});
  for (std::string_view line : split_list(narrow, '\n')) CHECK(display_width(line) <= 80);
}

TEST_CASE("In less room a list loses its id, users, paths and figures, and shows no part of a figure") {
  auto record = test::sample_record(k_time, 0xabcdef12);
  record.user = "ann@example.com";
  record.cache = log::Cache::hit;
  const auto at = [&](std::size_t columns) {
    return written(Format::table, log::FieldSet::lists(), {record}, {.terminal = true, .columns = columns});
  };
  CHECK(at(60) ==
        "Time   Model        Path  User         Tokens (Cost)  Status\n"
        "1m     gpt-4o-mini  Chat  ann@examp…  1,204 (0.31 ¢)  hit\n");
  CHECK(at(50) ==
        "Time   Model        Path   Tokens (Cost)  Status\n"
        "1m     gpt-4o-mini  Chat  1,204 (0.31 ¢)  hit\n");
  CHECK(at(45) ==
        "Time   Model         Tokens (Cost)  Status\n"
        "1m     gpt-4o-mini  1,204 (0.31 ¢)  hit\n");
  CHECK(at(40) ==
        "Time   Model        Status\n"
        "1m     gpt-4o-mini  hit\n");
}

}  // namespace pk::cmd
