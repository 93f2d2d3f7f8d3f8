// How replays are sent: through a gateway in this process, or by a server that is asked to. Lives on one
// thread, that of its loop.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "log/record.h"
#include "replay/overrides.h"

namespace pk::replay {

struct Replayed {
  log::LogRecord record;           // with its response
  std::vector<std::string> notes;  // what is not as it was, for people
};

class Way {
 public:
  virtual ~Way() = default;

  // Before anything is sent: the errors of prepare.h, as far as they can be known.
  virtual Result<void> check(const log::LogRecord& original, const Overrides& overrides) = 0;

  // Sends it and waits for its record. An Error: nothing was sent, or nothing is known of it. An upstream
  // that fails is no error: its record says so.
  virtual Task<Result<Replayed>> send(log::LogRecord original, const Overrides& overrides) = 0;
};

}  // namespace pk::replay
