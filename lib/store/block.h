// A block of `columns` as it lies in the ledger, read in place. Nothing is decoded ahead; sums and bounds are
// checked where a column is asked for.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/ids.h"
#include "store/columns.h"
#include "store/figures.h"

namespace pk::store {

// Codes of `width` bytes; width 0: all are 0.
struct Codes {
  const char* data = nullptr;
  std::uint8_t width = 0;

  // Calls `each(i, code)` for the first `size` of them; a code has the type of its width.
  template <class Each>
  void visit(std::size_t size, Each each) const {
    switch (width) {
      case 1:
        return visit_as<std::uint8_t>(size, each);
      case 2:
        return visit_as<std::uint16_t>(size, each);
      case 4:
        return visit_as<std::uint32_t>(size, each);
      case 8:
        return visit_as<std::uint64_t>(size, each);
      default:
        for (std::size_t i = 0; i < size; ++i) each(i, std::uint8_t{0});
    }
  }

  std::uint64_t at(std::size_t i) const {
    switch (width) {
      case 1:
        return static_cast<std::uint8_t>(data[i]);
      case 2:
        return load<std::uint16_t>(i);
      case 4:
        return load<std::uint32_t>(i);
      case 8:
        return load<std::uint64_t>(i);
      default:
        return 0;
    }
  }

 private:
  template <class T>
  T load(std::size_t i) const {
    return load<T>(data, i);
  }
  template <class T>
  static T load(const char* from, std::size_t i) {
    T value;
    std::memcpy(&value, from + i * sizeof value, sizeof value);
    return value;
  }
  template <class T, class Each>
  void visit_as(std::size_t size, Each each) const {
    const char* const from = data;  // for `each` may write bytes, which could be any
    for (std::size_t i = 0; i < size; ++i) each(i, load<T>(from, i));
  }
};

struct Numbers {
  Codes codes;
  std::int64_t least = 0;
  std::int64_t most = 0;
  bool nulls = false;
  bool any = true;  // false: all are null

  std::optional<std::int64_t> at(std::size_t i) const {
    const std::uint64_t code = codes.at(i);
    if (nulls && code == 0) return {};
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(least) + code - (nulls ? 1 : 0));
  }
};

struct Reals {
  const char* data = nullptr;  // null: all are the same
  double least = 0;
  double most = 0;
  bool any = true;  // false: all are null

  // NaN: null.
  double at(std::size_t i) const {
    if (!data) return least;
    double value;
    std::memcpy(&value, data + i * sizeof value, sizeof value);
    return value;
  }
};

// Texts in order; where bytes are damaged although their sum is right, empty ones.
class Dictionary {
 public:
  Dictionary() = default;
  Dictionary(std::string_view ends, std::string_view bytes) : m_ends(ends), m_bytes(bytes) {}
  std::size_t size() const { return m_ends.size() / sizeof(std::uint32_t); }
  std::string_view at(std::size_t code) const;
  // The place of the first text that is not less.
  std::size_t lower_bound(std::string_view text) const;

 private:
  std::uint32_t end_of(std::size_t code) const;
  std::string_view m_ends;
  std::string_view m_bytes;
};

struct Texts {
  Dictionary texts;
  Codes codes;
};

struct Pairs {
  Dictionary texts;             // name and value, joined
  std::string_view name_bytes;  // u32 each
  std::string_view ends;        // u32 each record
  Codes codes;
  std::size_t codes_size = 0;

  std::string_view name(std::size_t code) const;
  std::string_view value(std::size_t code) const;
  // Where the codes of record `i` begin, and past its last one.
  std::pair<std::size_t, std::size_t> of(std::size_t i) const;
};

class PageReader;

// A view: good as long as the transaction that it was read in.
class Block {
 public:
  // Nothing if the head is damaged, or of a version that this pk does not know.
  static std::optional<Block> view(std::string_view key, std::string_view value) {
    return view(key, value, value);
  }
  // `head`: a copy of as many of its first bytes as there are, k_head_guess are enough; only it is looked at
  // as long as no column is. It lives as long as the block.
  static std::optional<Block> view(std::string_view key, std::string_view value, std::string_view head);

  // Whether `value` is a block, undamaged as far as can be seen, that another pk has made in another form.
  static bool is_of_another_version(std::string_view key, std::string_view value);

  const Uuid& from() const { return m_from; }
  const Uuid& before() const { return m_before; }
  std::size_t size() const { return m_size; }

  bool has(Column column) const;
  // Nothing if the column is not there, is of another kind, or is damaged.
  std::optional<Numbers> numbers(Column column) const;
  std::optional<Reals> reals(Column column) const;
  std::optional<Texts> texts(Column column) const;
  std::optional<Pairs> pairs(Column column) const;
  // 16 bytes each.
  std::optional<std::string_view> ids() const;
  // sizeof(Figures) bytes each, see nth_figures().
  std::optional<std::string_view> figures() const;

  // Of a few records, without the sum of all, which takes longer than they do. An id's damage is for the
  // caller to notice; figures have a check of their own.
  std::optional<std::string_view> unchecked_ids() const;
  Uuid unchecked_id(std::string_view ids, std::size_t i) const;  // of unchecked_ids()
  std::optional<Figures> figures_at(std::size_t i) const;
  // Single ones are then read so, as long as `pages` lives.
  void read_by(const PageReader* pages) { m_pages = pages; }

  // False: no record has the text, or the pair, in that column. True also where that is not known.
  bool may_have(Column column, std::string_view text) const;
  bool may_have(Column column, std::string_view name, std::string_view value) const;

  // What the head alone says: least and most of a column of numbers or reals, without a look at its segment.
  std::optional<Numbers> number_bounds(Column column) const;
  std::optional<Reals> real_bounds(Column column) const;

  // Whether every segment is as it was written.
  bool is_intact() const;

 private:
  struct Entry {
    std::uint8_t column = 0;
    std::uint8_t kind = 0;
    std::uint8_t width = 0;
    std::uint8_t flags = 0;
    std::uint32_t count = 0;
    std::uint32_t offset = 0;
    std::uint32_t bytes = 0;
    std::uint64_t sum = 0;
    std::uint64_t least = 0;
    std::uint64_t most = 0;
  };
  static_assert(sizeof(Entry) == k_column_entry_bytes);

  Entry entry(std::size_t place) const;
  std::optional<Entry> find(Column column, ColumnKind kind) const;
  std::optional<std::string_view> place_of(const Entry& entry) const;
  std::optional<std::string_view> segment(const Entry& entry) const;
  std::optional<std::string_view> whole(Column column, ColumnKind kind, std::size_t bytes) const;
  // Without a look at its sum.
  std::optional<std::string_view> unchecked(Column column, ColumnKind kind, std::size_t bytes) const;
  void copy(std::string_view from, char* to) const;
  bool may_have(Column column, std::uint64_t hash) const;

  std::string_view m_value;
  std::string_view m_head;
  Uuid m_from;
  Uuid m_before;
  std::size_t m_size = 0;
  std::size_t m_entries = 0;
  const PageReader* m_pages = nullptr;
};

// Of Block::ids().
inline Uuid nth_id(std::string_view ids, std::size_t i) {
  Uuid id;
  std::memcpy(id.bytes.data(), ids.data() + i * id.bytes.size(), id.bytes.size());
  return id;
}

}  // namespace pk::store
