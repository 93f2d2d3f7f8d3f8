// The filter as options: one for each way to write a term, and --where. What list, export and others share.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "query/filter.h"

namespace CLI {
class App;
}

namespace pk::cmd {

struct Context;

// As given on the command line.
struct FilterFlags {
  std::map<std::string, std::vector<std::string>, std::less<>> terms;  // --status …, by name
  std::vector<std::string> where;                                      // --where
};

// Those that the command line may give. `flags` outlives the command.
void add_filter_flags(CLI::App& command, const Context& context, FilterFlags& flags);

// What the flags mean, and `texts`, arguments in the text language. invalid, naming the flag or what is
// wrong.
Result<query::Filter> read_filter(const FilterFlags& flags, std::span<const std::string> texts,
                                  std::int64_t now_ms);

}  // namespace pk::cmd
