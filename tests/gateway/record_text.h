// A record as text, to look for markers in.
#pragma once

#include <string>

#include "log/record.h"

namespace pk::test {

// Everything that a record holds.
inline std::string all_text(const log::LogRecord& record) {
  std::string all = record.trace_id + record.span_id + record.parent_span_id + record.span_name +
                    record.method + record.path + record.error + record.provider + record.model +
                    record.requested_model + record.user + record.last_used_option;
  for (const auto& [key, value] : record.metadata) all += key + value;
  for (const auto& attempt : record.attempts) all += attempt.error + attempt.provider + attempt.model;
  for (const auto* content : {&record.request, &record.response}) {
    if (!*content) continue;
    for (const auto& [name, value] : (*content)->headers) all += name + value;
    all += (*content)->body;
  }
  return all;
}

}  // namespace pk::test
