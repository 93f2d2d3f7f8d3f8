#include "upstream/answer_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace pk::upstream {

namespace {

constexpr std::string_view k_no_http = "the provider does not speak HTTP: its answer has no status line";
constexpr int k_no_content = 204, k_not_modified = 304;

// Whether an answer's first bytes, of which `at` have been looked at, go on like one.
bool goes_on_like_http(std::size_t at, std::string_view bytes) {
  constexpr std::string_view k_start = "HTTP/1.";
  const std::string_view start = k_start.substr(std::min(at, k_start.size()));
  return start.substr(0, bytes.size()) == bytes.substr(0, start.size());
}

// "HTTP/1.1 200 …": a version that we speak, and three digits.
bool is_status_line(std::string_view line) {
  constexpr std::size_t k_digits_at = 9, k_digits = 3;
  line = trim(line);
  if (!line.starts_with("HTTP/1.0 ") && !line.starts_with("HTTP/1.1 ")) return false;
  const std::string_view code = line.substr(k_digits_at, k_digits);
  const std::string_view behind = line.substr(k_digits_at + code.size());
  const bool digits = std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
  return code.size() == k_digits && digits && code[0] != '0' && (behind.empty() || behind[0] == ' ');
}

// RFC 9112 section 9.3.
bool asks_to_go_on(const log::Headers& headers, bool by_itself) {
  bool goes_on = by_itself, ends = false;
  for (const auto& [name, value] : headers) {
    if (!iequals(name, "connection")) continue;
    for (const std::string_view word : split_list(value)) {
      ends = ends || iequals(word, "close");
      goes_on = goes_on || iequals(word, "keep-alive");
    }
  }
  return goes_on && !ends;
}

}  // namespace

AnswerReader::AnswerReader(bool to_head, std::size_t head_bytes_max)
    : m_to_head(to_head), m_head_bytes_max(head_bytes_max), m_head(head_bytes_max) {}

void AnswerReader::fail(Error error) {
  m_error = std::move(error);
  m_part = Part::failed;
}

std::size_t AnswerReader::put(std::string_view bytes, std::string& body) {
  std::string_view rest = bytes;
  m_started = m_started || !bytes.empty();
  while (!rest.empty() && m_part != Part::done && m_part != Part::failed) step(rest, body);
  return bytes.size() - rest.size();
}

void AnswerReader::close() {
  if (m_part == Part::done || m_part == Part::failed) return;
  if (m_part == Part::until_close) {
    m_part = Part::done;
  } else if (head_done()) {
    fail("the provider ended its answer early: the connection was closed within the body");
  } else {
    fail("the provider closed the connection without an answer");
  }
}

// A line with its line feed, or nothing as long as that has not come.
std::optional<std::string_view> AnswerReader::take_line(std::string_view& bytes, std::size_t bytes_max) {
  const auto end = bytes.find('\n');
  const std::string_view piece = bytes.substr(0, end == std::string_view::npos ? end : end + 1);
  if (m_partial.size() + piece.size() > bytes_max) {
    fail_too_long();
    return {};
  }
  bytes.remove_prefix(piece.size());
  if (end == std::string_view::npos) {
    m_partial.append(piece);
    return {};
  }
  if (m_partial.empty()) return piece;
  m_line = std::move(m_partial.append(piece));
  m_partial.clear();
  return m_line;
}

void AnswerReader::fail_too_long() {
  switch (m_part) {
    case Part::status:
    case Part::head:
      return fail(Error{Errc::limit, "the provider's response head is too large"});
    case Part::trailer:
      return fail("the provider's trailer is too large");
    default:
      return fail("the provider's chunks are framed by too much");
  }
}

void AnswerReader::step(std::string_view& bytes, std::string& body) {
  switch (m_part) {
    case Part::status:
      // Said at once: who speaks another protocol may be waiting for us, and never end its line.
      if (!goes_on_like_http(m_partial.size(), bytes)) return fail(k_no_http);
      if (const auto line = take_line(bytes, m_head_bytes_max)) take_status(*line);
      break;
    case Part::head:
      if (const auto line = take_line(bytes, m_head_bytes_max)) take_field(*line);
      break;
    case Part::counted:
    case Part::chunk:
      take_counted(bytes, body);
      break;
    case Part::until_close:
      body.append(std::exchange(bytes, {}));
      break;
    case Part::chunk_size:
      if (const auto line = take_line(bytes, k_chunk_line_bytes_max)) take_chunk_size(*line);
      break;
    case Part::chunk_end:
      take_chunk_end(bytes);
      break;
    case Part::trailer:
      if (const auto line = take_line(bytes, m_head_bytes_max)) take_trailer(*line);
      break;
    case Part::done:
    case Part::failed:
      break;
  }
}

void AnswerReader::take_status(std::string_view line) {
  if (!is_status_line(line)) return fail(k_no_http);
  m_http10 = line.starts_with("HTTP/1.0");
  m_part = Part::head;
  if (!m_head.take(line)) fail(*m_head.error());
}

void AnswerReader::take_field(std::string_view line) {
  if (line.find('\0') != std::string_view::npos) return fail("the provider's response head holds a NUL");
  if (!m_head.take(line)) return fail(*m_head.error());
  if (m_head.done()) return begin_body();
  if (is_empty_line(line)) m_part = Part::status;  // of the head that follows a 1xx one
}

void AnswerReader::begin_body() {
  const BodyFacts& facts = m_head.body();
  const int status = m_head.head().status;
  const bool bare = m_to_head || status == k_no_content || status == k_not_modified;
  m_keeps_alive = asks_to_go_on(m_head.head().headers, !m_http10) && !is_framed_oddly();
  if (bare) {
    m_part = Part::done;
  } else if (facts.other_transfer_coding) {
    fail("the provider used a transfer coding that was not asked for");
  } else if (facts.chunked) {
    m_part = Part::chunk_size;
  } else if (facts.length) {
    m_left = *facts.length;
    m_part = m_left == 0 ? Part::done : Part::counted;
  } else {
    m_part = Part::until_close;
    m_keeps_alive = false;
  }
}

// Who frames an answer in two ways, or one that has no body, may mean the one that we did not take: the next
// answer on its connection could be a part of this one (RFC 9112 sections 6.1 and 6.3).
bool AnswerReader::is_framed_oddly() const {
  const BodyFacts& facts = m_head.body();
  const bool none_expected = m_head.head().status == k_no_content;
  return (facts.chunked && (facts.length || m_http10 || none_expected)) ||
         (none_expected && facts.length.value_or(0) != 0);
}

void AnswerReader::take_counted(std::string_view& bytes, std::string& body) {
  const std::string_view piece =
      bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), m_left)));
  body.append(piece);
  bytes.remove_prefix(piece.size());
  m_left -= piece.size();
  if (m_left == 0) m_part = m_part == Part::chunk ? Part::chunk_end : Part::done;
}

void AnswerReader::take_chunk_size(std::string_view line) {
  constexpr int k_hex = 16;
  const std::string_view text = trim(line.substr(0, line.find(';')));
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), m_left, k_hex);
  if (text.empty() || error != std::errc() || end != text.data() + text.size())
    return fail("the provider sent a chunk whose size is no number");
  m_part = m_left == 0 ? Part::trailer : Part::chunk;
}

// Byte by byte: nothing but a line end may stand here, and no other line is waited for.
void AnswerReader::take_chunk_end(std::string_view& bytes) {
  const char byte = bytes[0];
  if (byte != '\n' && (byte != '\r' || !m_partial.empty()))
    return fail("the provider sent a chunk that is longer than its size");
  bytes.remove_prefix(1);
  if (byte == '\r') return m_partial.push_back(byte);
  m_partial.clear();
  m_part = Part::chunk_size;
}

void AnswerReader::take_trailer(std::string_view line) {
  m_trailer_bytes += line.size();
  if (m_trailer_bytes > m_head_bytes_max) return fail_too_long();
  if (is_empty_line(line)) m_part = Part::done;
}

}  // namespace pk::upstream
