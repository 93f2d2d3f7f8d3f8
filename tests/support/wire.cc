#include "support/wire.h"

#include <strings.h>

#include <algorithm>
#include <cstdlib>

namespace pk::test {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

MessageReader::MessageReader(std::string first, Kind kind) : m_kind(kind), m_bytes(std::move(first)) {
  advance();
}

void MessageReader::feed(std::string_view bytes) {
  m_bytes += bytes;
  advance();
}

void MessageReader::finish() {
  if (m_head_done && !m_length && !m_chunked) m_done = true;
}

int MessageReader::status() const {
  return std::atoi(m_first[1].c_str());
}

std::string MessageReader::header(std::string_view name) const {
  for (const auto& [key, value] : m_headers)
    if (same_name(key, name)) return value;
  return "";
}

bool MessageReader::wants_continue() {
  return std::exchange(m_continue, false) && !m_done;
}

void MessageReader::advance() {
  if (m_done || (!m_head_done && !read_head())) return;
  if (m_chunked) {
    while (!m_done && read_chunk()) {
    }
    return;
  }
  const std::size_t wanted = m_length ? static_cast<std::size_t>(*m_length) - m_body.size() : m_bytes.size();
  const std::size_t take = std::min(wanted, m_bytes.size());
  m_body.append(m_bytes, 0, take);
  m_bytes.erase(0, take);
  if (m_length && m_body.size() == *m_length) m_done = true;
}

bool MessageReader::read_head() {
  const std::size_t end = m_bytes.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  m_raw_head = m_bytes.substr(0, end + 4);
  m_bytes.erase(0, end + 4);
  parse_head();
  if (m_kind != Kind::request && status() < 200) {  // 100 Continue: the real head follows
    m_headers.clear();
    return read_head();
  }
  m_head_done = true;
  m_chunked = same_name(header("Transfer-Encoding"), "chunked");
  m_continue = same_name(header("Expect"), "100-continue");
  const std::string length = header("Content-Length");
  if (!length.empty()) m_length = std::strtoull(length.c_str(), nullptr, 10);
  const bool bodiless = m_kind == Kind::response_to_head || status() == 204 || status() == 304;
  if ((m_kind == Kind::request && length.empty() && !m_chunked) || (m_kind != Kind::request && bodiless)) {
    m_length = 0;
    m_chunked = false;
  }
  return true;
}

void MessageReader::parse_head() {
  std::string_view rest = m_raw_head;
  bool first = true;
  while (!rest.empty()) {
    const std::size_t end = rest.find("\r\n");
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    if (first) {
      const std::size_t one = line.find(' ');
      const std::size_t two = std::min(line.find(' ', one + 1), line.size());
      m_first[0] = line.substr(0, one);
      m_first[1] = one < two ? line.substr(one + 1, two - one - 1) : "";
      m_first[2] = two < line.size() ? line.substr(two + 1) : "";
      first = false;
    } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
      m_headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
  }
}

// True if a whole chunk was taken.
bool MessageReader::read_chunk() {
  const std::size_t line = m_bytes.find("\r\n");
  if (line == std::string::npos) return false;
  const std::size_t size = std::strtoull(m_bytes.c_str(), nullptr, 16);
  if (m_bytes.size() < line + 2 + size + 2) return false;
  m_body.append(m_bytes, line + 2, size);
  m_bytes.erase(0, line + 2 + size + 2);
  if (size == 0) m_done = true;
  return true;
}

}  // namespace pk::test
