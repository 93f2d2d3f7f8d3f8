// Makes a block of `columns` out of records. The same records always give the same bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "log/record.h"
#include "store/columns.h"
#include "store/figures.h"

namespace pk::store {

class Block;

// One thread; clear() keeps its memory for the next block.
class BlockBuilder {
 public:
  BlockBuilder();

  // In order of ids. `own_trace`: the trace id is the id's text.
  void add(const log::LogRecord& record, bool own_trace);
  // The records of a block, as if each were added. False if a column cannot be read; nothing is added then.
  bool add(const Block& block);
  std::size_t size() const { return m_size; }
  // Whether its texts are as many as a block of rows may have.
  bool is_full() const;
  const Uuid& last() const { return m_last; }

  // The value of the block that covers [from, before).
  std::string finish(const Uuid& from, const Uuid& before) const;
  void clear();

 private:
  struct NumberColumn {
    std::vector<std::int64_t> values;
    std::vector<std::uint8_t> has;
    void add(std::optional<std::int64_t> value);
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  // Texts by the code of their first coming.
  struct Coder {
    std::vector<std::string_view> texts;  // the keys of `codes`
    std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> codes;
    std::size_t bytes = 0;  // of all texts
    std::uint32_t code_of(std::string_view text);
    void add(std::string_view text, std::vector<std::uint32_t>& out);
    void clear();
  };
  struct TextColumn {
    Coder coder;
    std::vector<std::uint32_t> codes;
  };
  struct PairColumn {
    Coder coder;  // of the name's length (4 bytes), name and value
    std::vector<std::uint32_t> codes;
    std::vector<std::uint32_t> ends;
  };
  struct Filtered {
    Column column;
    std::vector<std::uint64_t> hashes;  // of its texts
  };
  class Writer;

  std::string_view pair_of(std::string_view name, std::string_view value);
  std::vector<Filtered> filtered() const;

  std::size_t m_size = 0;
  Uuid m_last;
  std::string m_ids;
  std::string m_pair;
  std::vector<NumberColumn> m_numbers;
  std::vector<std::vector<double>> m_reals;
  std::vector<Figures> m_figures;  // without their checks
  bool m_figures_fit = true;       // else the block has none
  std::vector<TextColumn> m_texts;
  PairColumn m_pairs;
};

}  // namespace pk::store
