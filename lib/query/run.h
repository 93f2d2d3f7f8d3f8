// Runs a query: the records that a filter means, in order, in constant memory. No read transaction is open
// while it calls back, so a slow reader of the output never makes the ledger grow.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "log/record.h"
#include "query/filter.h"
#include "store/reader.h"

namespace pk::query {

struct Query {
  Filter filter = {};
  std::size_t limit = 50;          // 0: all
  std::optional<Uuid> after = {};  // goes on past this id, in the order's direction; it need not exist
  std::uint64_t skip = 0;          // so many matches are passed over first, at the price of a count
  store::Order order = store::Order::newest_first;
  bool content = false;  // rows have their request and response
  // Told, as a search goes on, in how many records' bodies it has looked. False ends it: the page is then cut
  // short.
  std::function<bool(std::uint64_t searched)> searching = {};
  // At most about so many rows are read, whether they match or not.
  std::uint64_t rows_max = std::numeric_limits<std::uint64_t>::max();
};

struct Page {
  std::size_t rows = 0;
  std::optional<Uuid> next;  // what to give as `after` for the rows past the limit; none if there are none
  bool cut_short = false;    // by rows_max: there may be more
  std::vector<std::string> damaged;  // records left out because they cannot be read, a line each
};

// False: enough. A row is good until the next call.
using Visit = std::function<bool(const log::LogRecord&)>;

inline constexpr std::size_t k_damaged_max = 100;  // more, and the ledger is given up

// Calls `visit` with each matching record. Errors are the reader's; rows before them have been visited.
// Damaged records are left out and named in the page.
Result<Page> run(const store::LogReader& reader, const Query& query, const Visit& visit);

// The id that a person means: an id, a part of one of at least 6 characters, @latest, @2 (second newest).
// invalid if the part is too short or several have it (up to five are listed); not_found if none has. A whole
// id is not looked up.
Result<Uuid> resolve_id(const store::LogReader& reader, std::string_view text);

// Puts the whole id in place of what terms that take a log id (replay-of) were given.
Result<void> resolve_ids(const store::LogReader& reader, Filter& filter);

}  // namespace pk::query
