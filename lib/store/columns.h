// The columns of a block: names and limits that whoever writes and reads them shares. Grammar: FORMAT.md.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace pk::store {

inline constexpr std::size_t k_block_records = 2048;        // of one that is made of new records
inline constexpr std::size_t k_small_block_records = 3072;  // and with those that came late
inline constexpr std::size_t k_blocks_joined = 8;           // so many small ones become one
inline constexpr std::size_t k_block_records_max = k_blocks_joined * k_small_block_records;
inline constexpr std::size_t k_small_block_bytes = 512 * 1024;    // larger ones are not joined
inline constexpr std::size_t k_block_text_bytes_max = 1'000'000;  // of one that is made of rows
inline constexpr std::size_t k_block_marks_max = 64;
inline constexpr std::uint8_t k_block_version = 2;

// The value is the number on disk: the field's in log/fields.def, or from 128 on one of our own.
enum class Column : std::uint8_t {
  id = 1,
  created_at = 2,
  trace = 3,
  endpoint = 9,
  state = 10,
  http_status = 11,
  ok = 12,
  provider = 14,
  model = 15,
  requested_model = 16,
  virtual_key = 17,
  api_key = 18,
  user = 19,
  cache = 20,
  retry = 21,
  retry_attempts = 22,
  fallback = 23,
  loadbalance = 24,
  stream = 27,
  total_tokens = 30,
  cost_usd = 33,
  latency_ms = 35,
  config_id = 39,
  prompt_id = 40,
  metadata = 42,
  tracked = 43,
  replay_of = 46,
  figures = 128
};

enum class ColumnKind : std::uint8_t {
  number = 0,
  real = 1,
  text = 2,
  pairs = 3,
  ids = 4,
  filter = 5,
  figures = 6
};

// The number of the filter of a column's texts (text_filter.h).
constexpr Column filter_of(Column column) {
  return static_cast<Column>(192 + static_cast<std::uint8_t>(column));
}

namespace column_flag {
inline constexpr std::uint8_t nulls = 1;
}

inline constexpr std::size_t k_block_head_bytes = 32;  // before the entries
inline constexpr std::size_t k_column_entry_bytes = 40;
inline constexpr std::size_t k_head_guess = 2048;  // a block's head has as many bytes at most, mostly

// Which records of a block are meant: 1 or 0 for each.
struct BlockMask {
  std::size_t size = 0;
  std::vector<std::uint8_t> on;

  void resize(std::size_t records) { on.resize(size = records); }
  void set_all(std::size_t records, std::uint8_t value) { on.assign(size = records, value); }
  // `says(i)` for each. What it needs it holds by value: a byte that is written could be any other's, so that
  // what lies behind a reference would be read again for each record.
  template <class Says>
  void set_each(Says says) {
    std::uint8_t* to = on.data();
    for (std::size_t i = 0, end = size; i < end; ++i) to[i] = says(i);
  }
  void keep(const BlockMask& other) {
    set_each([to = on.data(), from = other.on.data()](std::size_t i) { return to[i] & from[i]; });
  }
  void add(const BlockMask& other) {
    set_each([to = on.data(), from = other.on.data()](std::size_t i) { return to[i] | from[i]; });
  }
  // Calls `each(i)` for those that are on, until it returns false; false then.
  template <class Each>
  bool visit(Each each) const {
    for (std::size_t i = 0; i < size;) {
      while (i + k_word <= size && word(i) == 0) i += k_word;  // mostly, where few are meant
      for (const std::size_t end = std::min(size, i + k_word); i < end; ++i)
        if (on[i] && !each(i)) return false;
    }
    return true;
  }
  std::size_t count() const {
    std::size_t sum = 0;
    std::size_t i = 0;
    for (; i + k_word <= size; i += k_word) sum += (word(i) * 0x0101010101010101) >> 56;
    for (; i < size; ++i) sum += on[i];
    return sum;
  }

 private:
  static constexpr std::size_t k_word = sizeof(std::uint64_t);
  std::uint64_t word(std::size_t i) const {
    std::uint64_t word;
    std::memcpy(&word, on.data() + i, k_word);
    return word;
  }
};

}  // namespace pk::store
