// What `pk replay` works with: where the originals come from, and the way their replays are sent. Main
// thread, or the child that works on the ledger.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "command.h"
#include "log/record.h"
#include "replay/way.h"

namespace pk::cmd {

// A log that is to be replayed.
struct Original {
  std::string name;                      // as it was given
  Uuid id;                               // of a log in the ledger, or of the server
  std::shared_ptr<log::LogRecord> file;  // of a file: the record itself
};

class ReplaySession {
 public:
  // With the ledger of the data folder, made if it is not there, and its cache if that may be used; or with a
  // server, whose certificate one in `ca_file` vouches for where that is not "".
  static Result<std::unique_ptr<ReplaySession>> open_local(const Context& context, bool use_cache);
  static Result<std::unique_ptr<ReplaySession>> open_remote(const std::string& url,
                                                            const std::string& ca_file);
  virtual ~ReplaySession() = default;

  // Those that the arguments name, in their order.
  Result<std::vector<Original>> originals(const std::vector<std::string>& names);
  // Those that the filter, as text, means, newest first; with `sample` so many of them, drawn evenly. What
  // cannot be replayed is left out and counted.
  struct Selection {
    std::vector<Original> originals;
    std::size_t left_out = 0;
  };
  Result<Selection> select(const std::string& filter, std::size_t sample);

  // The record whole; within a job of run(), and outside of it.
  Task<Result<log::LogRecord>> fetch(const Original& original);
  Result<log::LogRecord> load(const Original& original);
  virtual replay::Way& way() = 0;
  // As many of `job(0)` to `job(count - 1)` at once.
  virtual void run(std::size_t count, std::size_t concurrency,
                   const std::function<Task<void>(std::size_t)>& job) = 0;

 protected:
  virtual Result<Uuid> resolve(const std::string& name) = 0;
  virtual Task<Result<log::LogRecord>> fetch_log(Uuid id) = 0;
  virtual Result<void> find(const std::string& filter,
                            const std::function<void(const Uuid& id, bool replayable)>& take) = 0;
};

}  // namespace pk::cmd
