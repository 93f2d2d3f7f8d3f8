// Any bytes are a row or an error; a row that was read is written as a row that reads the same.
#include <string>

#include "fuzz.h"
#include "store/codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const pk::Uuid id = pk::Uuid::lowest_of(1'750'000'000'000);
  pk::log::LogRecord record, again;
  static_cast<void>(pk::store::decode_row(id, pk::fuzz::text(data, size), record));
  if (!pk::store::decode_fields(id, pk::fuzz::text(data, size), record)) return 0;
  std::string row;
  pk::store::append_row(row, record);
  pk::store::set_flags(id, row.data(), row.size(), pk::store::flags_of(row));
  PK_ASSERT(static_cast<bool>(pk::store::decode_row(id, row, again)));
  std::string row_again;
  pk::store::append_row(row_again, again);
  pk::store::set_flags(id, row_again.data(), row_again.size(), pk::store::flags_of(row_again));
  PK_ASSERT(row == row_again);  // the rows, not the records: a number may be no number
  return 0;
}
