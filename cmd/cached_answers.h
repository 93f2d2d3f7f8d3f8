// The cached answers that the settings name, in the data folder or in Redis, as `pk cache` looks after them.
// One thread, after guard() (ledger.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "command.h"
#include "log/erase.h"
#include "report.h"

namespace pk::cmd {

// --cache, which is a flag of serve, names the cache for `command` too.
void add_cache_flag(CLI::App& command, Context& context);

class CachedAnswers {
 public:
  // Where there is no cache yet there are no answers. Errors of all: io, upstream, timeout, corrupt; invalid
  // for a URL that is none.
  static Result<std::unique_ptr<CachedAnswers>> open(const Context& context);
  virtual ~CachedAnswers() = default;

  virtual Result<std::vector<Fact>> facts() = 0;
  virtual Result<std::uint64_t> count() = 0;

  // Each says how many went.
  virtual Result<std::uint64_t> clear() = 0;
  virtual Result<std::uint64_t> remove_log(const Uuid& log_id) = 0;
  virtual Result<std::uint64_t> remove_key(std::string_view digits) = 0;  // first hex digits, lower case

  // Those that have such a text, or were made by one of these logs, which are in order. A Redis is asked for
  // the logs alone.
  using FindText = log::FindText;
  virtual Result<std::uint64_t> remove_texts(const FindText& find, const std::vector<Uuid>& logs,
                                             bool dry_run) = 0;
  virtual bool is_local() const = 0;
};

}  // namespace pk::cmd
