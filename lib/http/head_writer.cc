#include "http/head_writer.h"

#include <fmt/format.h>

#include <iterator>

#include "base/head_text.h"

namespace pk::http {

void append_head(std::string& out, const ResponseHead& head, Framing framing, bool keep_alive) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(head.status));
  out.append(" ").append(reason_phrase(head.status)).append("\r\n");
  for (const auto& [name, value] : head.headers) append_field(out, name, value);
  if (framing == Framing::length) {
    out.append("Content-Length: ");
    append_number(out, *head.content_length);
    out.append("\r\n");
  }
  if (framing == Framing::chunked) out.append("Transfer-Encoding: chunked\r\n");
  out.append(keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
}

void append_chunk(std::string& out, std::string_view piece) {
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", piece.size());
  out.append(piece).append("\r\n");
}

}  // namespace pk::http
