// A file to import gives the same rows however its bytes arrive; a row is a record that can be written and
// has the same id each time, or is refused in one line.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "fuzz.h"
#include "imports/form.h"
#include "imports/splitter.h"
#include "log/json.h"

namespace {

using namespace pk;

void check_row(const imports::Row& row) {
  const auto record = imports::to_record(row);
  if (!record) {
    PK_ASSERT(!record.error().message.empty());
    PK_ASSERT(record.error().message.find('\n') == std::string::npos);
    return;
  }
  std::string json;
  log::append_json(json, *record, log::FieldSet::all());
  PK_ASSERT(is_json(json));
  PK_ASSERT(imports::to_record(row)->id == record->id);
}

// Where each row begins, and what it says or why it is none.
using Rows = std::vector<std::pair<std::uint64_t, std::string>>;

template <class Feed>
Rows rows_of(const Feed& feed, bool checked) {
  Rows rows;
  imports::Splitter splitter([&](std::uint64_t line, const Result<imports::Row>& row) {
    rows.emplace_back(line, row ? row->whole() : row.error().message);
    if (row && checked) check_row(*row);
  });
  feed(splitter);
  splitter.finish();
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text(data, size);
  const Rows whole = rows_of([&](imports::Splitter& splitter) { splitter.feed(text); }, true);
  const Rows pieces = rows_of(
      [&](imports::Splitter& splitter) {
        fuzz::in_pieces(text, text, [&](std::string_view piece) { splitter.feed(piece); });
      },
      false);
  PK_ASSERT(whole == pieces);
  return 0;
}
