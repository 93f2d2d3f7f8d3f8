// What statistics add up of a record, as a block of columns has it: all of it side by side, 56 bytes a
// record, each with a check of its own. So that of a block in which few records are meant (a user's) little
// is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "log/record.h"

namespace pk::store {

// As it lies in the ledger (FORMAT.md). What is null in the record adds nothing, and is 0 here.
struct Figures {
  double cost_usd = 0;
  double saved_usd = 0;
  double latency_ms = 0;
  std::uint64_t trace = 0;  // the hash that its feedback goes by, FeedbackTotals::hash()
  std::uint32_t prompt_tokens = 0;
  std::uint32_t completion_tokens = 0;
  std::uint32_t total_tokens = 0;
  std::uint16_t http_status = 0;  // 0: null
  std::uint16_t retries = 0;      // log::retries()
  std::uint8_t cache = 0;         // log::Cache
  std::uint8_t flags = 0;
  std::uint16_t unused = 0;
  std::uint32_t check = 0;

  static constexpr std::uint8_t k_ok = 1;
  static constexpr std::uint8_t k_rescued = 2;  // log::is_rescued()

  bool operator==(const Figures&) const = default;
};
static_assert(sizeof(Figures) == 56);

// Nothing if one of them is not what it should be, and too large or negative: an imported record may say
// anything.
std::optional<Figures> figures_of(const log::LogRecord& record);

// The check of record `i` of the block; `seed` is that of the segment.
std::uint32_t check_of(const Figures& figures, std::uint64_t seed, std::size_t i);

// Of Block::figures().
inline Figures nth_figures(std::string_view all, std::size_t i) {
  Figures figures;
  std::memcpy(&figures, all.data() + i * sizeof figures, sizeof figures);
  return figures;
}

}  // namespace pk::store
