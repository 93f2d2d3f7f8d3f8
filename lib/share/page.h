// One log as a page that opens anywhere: no script, nothing fetched, every text escaped, the record inside it
// as JSON. What GET /s/TOKEN answers and what `pk logs share --file` writes. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "log/record.h"

namespace pk::share {

struct PageNotes {
  bool redacted = false;
  std::optional<std::int64_t> expires_at = {};  // of a link; nothing for a file, and for one that never does
};

// The record is shown as it is: mask it before (share/mask.h).
std::string page_html(const log::LogRecord& record, const PageNotes& notes);

// The page of a link that is dead, the same for each of them.
std::string dead_page_html();

// What such a page may do: nothing but look. As a header it also keeps others from framing it.
inline constexpr std::string_view k_page_policy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
inline constexpr std::string_view k_frame_policy = "; frame-ancestors 'none'";

}  // namespace pk::share
