#include "http/head_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace pk::http {

namespace {

// A line break in a value would start a header of the sender's making.
void append_value(std::string& out, std::string_view value) {
  const auto from = out.size();
  out.append(value);
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(from), out.end(),
      [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
}

}  // namespace

void append_head(std::string& out, const ResponseHead& head, Framing framing, bool keep_alive) {
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} ", head.status);
  out.append(reason_phrase(head.status)).append("\r\n");
  for (const auto& [name, value] : head.headers) {
    out.append(name).append(": ");
    append_value(out, value);
    out.append("\r\n");
  }
  if (framing == Framing::length)
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", *head.content_length);
  if (framing == Framing::chunked) out.append("Transfer-Encoding: chunked\r\n");
  out.append(keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
}

void append_chunk(std::string& out, std::string_view piece) {
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", piece.size());
  out.append(piece).append("\r\n");
}

}  // namespace pk::http
