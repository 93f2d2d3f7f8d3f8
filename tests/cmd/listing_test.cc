#include "cmd/listing.h"

#include "support/catch.h"

namespace pk::cmd {

namespace {

constexpr ListColumn k_columns[] = {
    {"id", "Id", true}, {"name", "Name", true}, {"tags", ""}, {"note", "Note", true}};

std::vector<FactRow> sample_rows() {
  return {{{"id", "\"x-1\"", "x-1"},
           {"name", "\"tab\\there, \\\"quoted\\\"\"", "tab\there"},
           {"tags", "[\"a\",\"b\"]", "a, b"},
           {"note", "null", ""}},
          {{"id", "\"x-2\"", "x-2"},
           {"name", "\"\xc2\x9b\"", "\xc2\x9b"},
           {"tags", "[]", ""},
           {"note", "7", "7"}}};
}

std::string printed(const FormatFlags& flags, const std::vector<FactRow>& rows, ListStyle style = {}) {
  const auto listing = Listing::prepare(flags, k_columns);
  if (!listing) FAIL(listing.error().message);
  const auto text = listing->text_of(rows, style);
  if (!text) FAIL(text.error().message);
  return *text;
}

}  // namespace

TEST_CASE("JSON is one array with all columns, jsonl an object a line") {
  const std::string first = R"({"id":"x-1","name":"tab\there, \"quoted\"","tags":["a","b"],"note":null})";
  const std::string second = "{\"id\":\"x-2\",\"name\":\"\xc2\x9b\",\"tags\":[],\"note\":7}";
  CHECK(printed({.json = "*"}, sample_rows()) == "[\n" + first + ",\n" + second + "\n]\n");
  CHECK(printed({.output = "jsonl"}, sample_rows()) == first + "\n" + second + "\n");
  CHECK(printed({.output = "json"}, {}) == "[]\n");
  CHECK(printed({.output = "jsonl"}, {}).empty());
}

TEST_CASE("TSV has no header, CSV has one; both have the columns meant for pipes") {
  CHECK(printed({.output = "tsv"}, sample_rows()) == "x-1\ttab\\there, \"quoted\"\t\nx-2\t\xc2\x9b\t7\n");
  CHECK(printed({.output = "csv"}, sample_rows()) ==
        "id,name,note\nx-1,\"tab\there, \"\"quoted\"\"\",\nx-2,\xc2\x9b,7\n");
  CHECK(printed({.output = "csv"}, {}) == "id,name,note\n");
  CHECK(printed({.output = "tsv"}, {}).empty());
}

TEST_CASE(
    "In a narrow table figures are whole or left out, the last ones first, and the first column stays") {
  static constexpr ListColumn columns[] = {
      {"model", "Model", true}, {"tokens", "Tokens", true, true}, {"cost", "Cost", true, true}};
  const std::vector<FactRow> rows = {
      {{"model", "", "claude-sonnet-4-5-20250929"}, {"tokens", "", "12,345,678"}, {"cost", "", "$1,234.50"}}};
  const auto shown = [&](std::size_t width) {
    return *Listing::prepare({.output = "table"}, columns)->text_of(rows, {.columns = width});
  };
  CHECK(shown(60).ends_with("\nclaude-sonnet-4-5-20250929  12,345,678  $1,234.50\n"));
  CHECK(shown(40).ends_with("\nclaude-sonnet-4-…  12,345,678  $1,234.50\n"));
  CHECK(shown(36).ends_with("\nclaude-sonnet-4-5-20250…  12,345,678\n"));
  CHECK(shown(20).ends_with("\nclaude-sonnet-4-5-2…\n"));
}

TEST_CASE("Fields are picked in the order given, in every form but a table") {
  CHECK(printed({.json = "note,id"}, sample_rows()) ==
        "[\n{\"note\":null,\"id\":\"x-1\"},\n{\"note\":7,\"id\":\"x-2\"}\n]\n");
  CHECK(printed({.output = "tsv", .json = "tags,id"}, sample_rows()) == "a,b\tx-1\n\tx-2\n");
  for (const FormatFlags& wrong : {FormatFlags{.json = "nothing"}, FormatFlags{.json = ","},
                                   FormatFlags{.output = "table", .json = "id"}, FormatFlags{.output = "xml"},
                                   FormatFlags{.output = "tsv", .jq = "."}, FormatFlags{.jq = ".["}}) {
    const auto listing = Listing::prepare(wrong, k_columns);
    REQUIRE_FALSE(listing);
    CHECK(listing.error().code == Errc::invalid);
  }
  CHECK(Listing::prepare({.json = "nothing"}, k_columns).error().message ==
        "--json: there is no field 'nothing'; choose from id, name, tags, note");
}

TEST_CASE("jq reads the array, or each line") {
  CHECK(printed({.jq = "map(.id)|join(\" \")"}, sample_rows()) == "x-1 x-2\n");
  CHECK(printed({.output = "jsonl", .jq = ".id"}, sample_rows()) == "x-1\nx-2\n");
  CHECK(printed({.jq = "length"}, {}) == "0\n");
}

TEST_CASE("A table has the titled columns and the words; on a terminal nothing steers it") {
  const std::string text = printed({.output = "table"}, sample_rows(), {.terminal = true, .columns = 80});
  CHECK(text.starts_with("Id   Name"));
  CHECK(text.find("Note") != std::string::npos);
  CHECK(text.find("\xc2\x9b") == std::string::npos);
  CHECK(text.find("\\u009b") != std::string::npos);
  CHECK(printed({.output = "table"}, {}).empty());
  for (const char* form : {"json", "jsonl", "csv", "tsv"})
    CHECK(printed({.output = form}, sample_rows(), {.terminal = true}).find("\xc2\x9b") == std::string::npos);
}

}  // namespace pk::cmd
