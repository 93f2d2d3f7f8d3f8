// One record as a page for a person: what it was, how it went, then request and response.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "log/json.h"
#include "log/record.h"

namespace pk::cmd {

struct ViewStyle {
  bool color = false;
  log::BodyForm bodies = log::BodyForm::joined;
  std::int64_t now_ms = 0;
  std::size_t columns = 80;
};
void append_view(std::string& out, const log::LogRecord& record, const ViewStyle& style);

// One body alone, pretty if it is JSON.
void append_body(std::string& out, const log::Content& content, const ViewStyle& style, std::size_t indent);

}  // namespace pk::cmd
