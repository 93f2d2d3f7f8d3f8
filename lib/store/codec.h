// LogRecord ⇄ a row of the ledger, by the numbers of log/fields.def: a new field needs its line there and
// nothing here, a new kind one pair of functions in codec.cc. Grammar: FORMAT.md, row. Pure functions, any
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "log/record.h"

namespace pk::store {

inline constexpr std::uint8_t k_row_version = 1;

namespace row_flag {
inline constexpr std::uint8_t content_gone = 1;
inline constexpr std::uint8_t own_trace = 2;
inline constexpr std::uint8_t has_request = 4;
inline constexpr std::uint8_t has_response = 8;
}  // namespace row_flag

// Appends the row of `record`, without its sum and content flags: set_flags() seals it. `record.id` is the
// key and is not in it; nor are request, response and what is derived.
void append_row(std::string& out, const log::LogRecord& record);

// Sets flags (own_trace stays as it is) and writes the sum. `row` is a whole row.
void set_flags(const Uuid& id, char* row, std::size_t size, std::uint8_t flags);

// The flags of a row; 0 if it is too short to be one. No check of the sum.
std::uint8_t flags_of(std::string_view row);

// Fills `out` with the row of `id`: every member is set, request, response and feedback to nothing. `out`
// keeps its memory, for the next row. corrupt: the sum is wrong, or the bytes are no row; names the id.
Result<void> decode_row(const Uuid& id, std::string_view row, log::LogRecord& out);

// As decode_row, of bytes whose sum was checked or does not matter.
Result<void> decode_fields(const Uuid& id, std::string_view row, log::LogRecord& out);

void append_metadata(std::string& out, const log::Metadata& metadata);
bool read_metadata(std::string_view bytes, log::Metadata& out);

// "log 0190…: what": the error for damage that belongs to a record.
Error damage(const Uuid& id, std::string_view what);

}  // namespace pk::store
