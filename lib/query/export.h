// Whole records as text, many of them: read and written out on several threads, given in the order of their
// ids. Memory is bounded, and no read transaction is open while a caller is given text.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "log/record.h"
#include "query/filter.h"
#include "query/run.h"

namespace pk::query {

// A thread goes on with its next records once it has that much text.
inline constexpr std::size_t k_export_text_max = 4 * 1024 * 1024;

struct Export {
  Filter filter = {};
  // Whether this record is wanted; asked on the caller's thread, oldest id first. Nothing: each is.
  std::function<bool(const Uuid& id)> wanted = {};
  // Appends a record, which has its bodies. On several threads at once, each with a number below
  // export_threads().
  std::function<void(std::size_t thread, std::string& out, const log::LogRecord& record)> render;
  // Takes text of `records` records, on the caller's thread. False: enough.
  std::function<bool(std::string_view text, std::size_t records)> take;
};

// The numbers of threads that render() is given.
std::size_t export_threads();

// Oldest first. Damaged records are left out, a line each is returned. Errors are the reader's; the text of
// records before has been given.
Result<std::vector<std::string>> run(const std::shared_ptr<store::Env>& env, const Export& what);

}  // namespace pk::query
