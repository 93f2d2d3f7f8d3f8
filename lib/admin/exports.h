// Exports: a filter under an id, to be downloaded later. Kept by the running server alone.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "query/filter.h"

namespace pk::admin {

inline constexpr std::size_t k_exports_max = 100;  // the oldest goes for a new one
inline constexpr std::size_t k_description_bytes_max = 1'000;

struct Export {
  std::string id = {};          // "ex-…"
  std::int64_t created_at = 0;  // ms since 1970; logs that came later are not in it
  std::string description = {};
  query::Filter filter = {};
  std::uint64_t total = 0;  // logs, when it was made
};

// {"id","object":"export","created_at","description","filter","total"}
std::string to_json(const Export& one);

// Any thread.
class Exports {
 public:
  // Gives it its id.
  Export add(Export wanted);
  std::optional<Export> find(std::string_view id) const;
  std::vector<Export> list() const;  // newest first

 private:
  Guarded<std::deque<Export>> m_all;
};

}  // namespace pk::admin
