// Response heads as bytes. Pure.
#pragma once

#include <string>

#include "http/message.h"

namespace pk::http {

enum class Framing { none, length, chunked, until_close };

// Appends status line, headers, framing headers and the empty line. Header values keep no line breaks.
void append_head(std::string& out, const ResponseHead& head, Framing framing, bool keep_alive);

// "1a\r\n" … the frame around a chunk: size line before, CRLF after.
void append_chunk(std::string& out, std::string_view piece);

}  // namespace pk::http
