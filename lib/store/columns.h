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
inline constexpr std::uint8_t k_block_version = 3;

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

// Which records of a block are meant. One that means all or none has no bytes for them: most blocks are
// passed over by what their heads say.
class BlockMask {
 public:
  std::size_t size() const { return m_size; }

  void set_all(std::size_t records, bool on) {
    m_size = records;
    m_state = on ? State::all : State::none;
  }
  void clear() { m_state = State::none; }
  void set(std::size_t i, bool on) { bytes()[i] = on; }
  // For who says of each, 1 or 0: what was there before is gone.
  std::uint8_t* overwrite() {
    m_state = State::some;
    m_on.resize(m_size);
    return m_on.data();
  }
  // `says(i)` for each. What it needs it holds by value: a byte that is written could be any other's, so that
  // what lies behind a reference would be read again for each record.
  template <class Says>
  void set_each(Says says) {
    std::uint8_t* const to = overwrite();
    for (std::size_t i = 0, end = m_size; i < end; ++i) to[i] = says(i);
  }

  // Of masks of one size: those that are on in both, or in one.
  void keep(const BlockMask& other) {
    if (m_state == State::all)
      *this = other;
    else if (m_state == State::some && other.m_state == State::none)
      clear();
    else if (m_state == State::some && other.m_state == State::some)
      set_each([to = m_on.data(), from = other.m_on.data()](std::size_t i) { return to[i] & from[i]; });
  }
  void add(const BlockMask& other) {
    if (m_state == State::none)
      *this = other;
    else if (m_state == State::some && other.m_state == State::all)
      set_all(m_size, true);
    else if (m_state == State::some && other.m_state == State::some)
      set_each([to = m_on.data(), from = other.m_on.data()](std::size_t i) { return to[i] | from[i]; });
  }

  bool is_on(std::size_t i) const { return m_state == State::some ? m_on[i] != 0 : m_state == State::all; }
  bool any() const {
    return m_state == State::some ? std::memchr(m_on.data(), 1, m_size) != nullptr
                                  : m_state == State::all && m_size > 0;
  }
  std::size_t count() const {
    if (m_state != State::some) return m_state == State::all ? m_size : 0;
    std::size_t sum = 0;
    std::size_t i = 0;
    for (; i + k_word <= m_size; i += k_word) sum += (word(i) * 0x0101010101010101) >> 56;
    for (; i < m_size; ++i) sum += m_on[i];
    return sum;
  }
  // Calls `each(i)` for those that are on, until it returns false; false then.
  template <class Each>
  bool visit(Each each) const {
    if (m_state == State::none) return true;
    const bool all = m_state == State::all;
    for (std::size_t i = 0; i < m_size;) {
      while (!all && i + k_word <= m_size && word(i) == 0) i += k_word;  // mostly, where few are meant
      for (const std::size_t end = std::min(m_size, i + k_word); i < end; ++i)
        if ((all || m_on[i]) && !each(i)) return false;
    }
    return true;
  }

 private:
  enum class State { none, all, some };
  static constexpr std::size_t k_word = sizeof(std::uint64_t);

  std::uint8_t* bytes() {
    if (m_state != State::some) m_on.assign(m_size, m_state == State::all);
    m_state = State::some;
    return m_on.data();
  }
  std::uint64_t word(std::size_t i) const {
    std::uint64_t word;
    std::memcpy(&word, m_on.data() + i, k_word);
    return word;
  }

  std::size_t m_size = 0;
  State m_state = State::none;
  std::vector<std::uint8_t> m_on;  // of some
};

}  // namespace pk::store
