#include "base/sse.h"

#include <algorithm>
#include <cstring>

namespace pk {

namespace {

constexpr std::string_view k_byte_order_mark = "\xef\xbb\xbf";

// The first CR or LF at or after `from`, or the size. In windows, so that a stream without LF is not searched
// to its end for one at every line.
std::size_t line_end(std::string_view text, std::size_t from) {
  constexpr std::size_t k_window = 256;
  while (from < text.size()) {
    const std::string_view window = text.substr(from, k_window);
    const auto lf = std::min(window.find('\n'), window.size());
    const auto at = std::min(window.substr(0, lf).find('\r'), lf);
    if (at < window.size()) return from + at;
    from += window.size();
  }
  return text.size();
}

// How many bytes the line end at `at` has.
std::size_t line_end_size(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 0;
  return text.substr(at, 2) == "\r\n" ? 2 : 1;
}

void strip_last_line_end(std::string_view& block) {
  if (block.ends_with("\r\n"))
    block.remove_suffix(2);
  else if (block.ends_with('\n') || block.ends_with('\r'))
    block.remove_suffix(1);
}

}  // namespace

bool SseSplitter::take_event(std::string_view& bytes) {
  if (m_pending_given) m_pending.clear(), m_pending_given = false;
  while (!bytes.empty()) {
    if (m_block_start && m_after_cr && bytes[0] == '\n') bytes.remove_prefix(1);
    if (m_block_start) m_after_cr = false;
    const std::size_t end = scan(bytes);
    if (end == std::string_view::npos) {
      keep(bytes);
      bytes = {};
      return false;
    }
    const std::string_view lines = bytes.substr(0, end - 1);  // without the byte that makes the line blank
    bytes.remove_prefix(end);
    const bool whole = m_block_start;
    if (!whole) keep(lines);
    m_block_start = true;
    if (end_block(whole ? lines : std::string_view(m_pending))) {
      m_pending_given = true;
      return true;
    }
    m_pending.clear();
  }
  return false;
}

bool SseSplitter::take_rest() {
  return !m_block_start && end_block(m_pending);
}

void SseSplitter::start_over() {
  m_pending.clear();
  m_id.clear();
  m_pending_given = m_after_cr = m_skipping = false;
  m_block_start = m_line_start = m_stream_start = true;
}

std::size_t SseSplitter::scan(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (m_after_cr && bytes[at] == '\n') {
      m_after_cr = false;
      ++at;
      continue;
    }
    m_after_cr = false;
    const std::size_t end = line_end(bytes, at);
    const bool blank = m_line_start && end == at;
    m_line_start = end < bytes.size();
    if (!m_line_start) break;
    m_after_cr = bytes[end] == '\r';
    at = end + 1;
    if (blank) return at;
  }
  return std::string_view::npos;
}

void SseSplitter::keep(std::string_view bytes) {
  if (!bytes.empty()) m_block_start = false;
  if (m_skipping) return;
  m_skipping = m_pending.size() + bytes.size() > m_event_bytes_max;
  if (m_skipping)
    std::string().swap(m_pending);
  else
    m_pending.append(bytes);
}

bool SseSplitter::end_block(std::string_view block) {
  if (m_skipping || block.size() > m_event_bytes_max) {
    ++m_skipped;
    m_skipping = m_stream_start = false;
    return false;
  }
  if (m_stream_start && block.starts_with(k_byte_order_mark)) block.remove_prefix(k_byte_order_mark.size());
  m_stream_start = false;
  strip_last_line_end(block);
  m_event = SseEvent{};
  m_event.raw = block;
  m_data_lines = 0;
  while (!block.empty()) {
    const std::size_t end = line_end(block, 0);
    read_line(block.substr(0, end));
    block.remove_prefix(end + line_end_size(block, end));
  }
  m_event.id = m_id;
  return m_data_lines > 0;
}

void SseSplitter::read_line(std::string_view line) {
  const auto colon = std::min(line.find(':'), line.size());
  const std::string_view field = line.substr(0, colon);
  std::string_view value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") m_event.event = value;
  // An id with a NUL is ignored: the rules say so.
  if (field == "id" && value.find('\0') == std::string_view::npos) m_id = value;
  if (field == "data") add_data(value);
}

void SseSplitter::add_data(std::string_view value) {
  if (++m_data_lines == 1) {
    m_event.data = value;
    return;
  }
  if (m_data_lines == 2) m_joined = m_event.data;
  m_joined.append("\n").append(value);
  m_event.data = m_joined;
}

}  // namespace pk
