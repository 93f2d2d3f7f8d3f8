#include "log/outcome.h"

namespace pk::log {

std::int64_t retries(const LogRecord& record) {
  if (record.attempts.empty()) return record.retry_attempts;
  std::int64_t count = 0;
  for (std::size_t i = 1; i < record.attempts.size(); ++i)
    count += record.attempts[i].option == record.attempts[i - 1].option;
  return count;
}

bool is_rescued(const LogRecord& record) {
  return record.ok && (record.attempts.size() > 1 || record.retry == Retry::success);
}

}  // namespace pk::log
