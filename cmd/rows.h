// Log records as the rows of a list, in each form of output. Writes to a string: where it goes is the
// caller's matter.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "format.h"
#include "log/fields.h"
#include "log/record.h"

namespace pk::cmd {

// What piped lists have: id created_at model path user total_tokens cost_usd status.
log::FieldSet piped_fields();

class RowWriter {
 public:
  virtual ~RowWriter() = default;
  virtual void row(std::string& out, const log::LogRecord& record) = 0;
  // Prints what is held back for the sake of widths; more rows may follow.
  virtual void settle(std::string&) {}
  virtual void end(std::string&) {}
};

struct RowStyle {
  bool terminal = false;  // control characters are made visible
  bool color = false;
  std::size_t columns = 80;
  std::int64_t now_ms = 0;  // what relative times count from
};
// `fields` is not looked at by a table.
std::unique_ptr<RowWriter> make_row_writer(Format format, log::FieldSet fields, const RowStyle& style);

}  // namespace pk::cmd
