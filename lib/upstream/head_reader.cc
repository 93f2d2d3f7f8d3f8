#include "upstream/head_reader.h"

#include <utility>

#include "base/char_set.h"
#include "base/text.h"

namespace pk::upstream {

namespace {

constexpr int k_switching_protocols = 101, k_no_content = 204, k_partial_content = 206, k_not_modified = 304;
constexpr std::size_t k_headers_expected = 16;

bool is_token(std::string_view text) {
  return !text.empty() && k_token_chars.has_all(text);
}

void unfold(std::string& value, std::string_view line) {
  if (!value.empty() && !line.empty()) value += ' ';
  value.append(line);
}

}  // namespace

bool HeadReader::fail(Error error) {
  m_error = std::move(error);
  return false;
}

bool HeadReader::take(std::string_view line) {
  if (m_done) return true;
  m_bytes += line.size();
  if (m_bytes > m_bytes_max) return fail({Errc::limit, "the provider's response head is too large"});
  if (is_empty_line(line)) return take_end();
  m_begun ? take_field(line) : take_status(line);
  return true;
}

void HeadReader::take_status(std::string_view line) {
  m_begun = true;
  m_http1 = line.starts_with("HTTP/1.");
  m_head.headers.reserve(k_headers_expected);
  const auto space = line.find(' ');
  if (space != std::string_view::npos)
    m_head.status = static_cast<int>(parse_uint(line.substr(space + 1, 3)).value_or(0));
}

void HeadReader::take_field(std::string_view line) {
  // RFC 9112 section 5.2: whoever reads a folded line as a field is told lengths that nobody sent.
  if (line[0] == ' ' || line[0] == '\t') {
    if (m_can_fold) unfold(m_head.headers.back().second, trim(line));
    return;
  }
  const auto colon = line.find(':');
  std::string_view name = line.substr(0, colon);
  while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
  m_can_fold = colon != std::string_view::npos && is_token(name);
  if (m_can_fold) m_head.headers.emplace_back(name, trim(line.substr(colon + 1)));
}

// The empty line: what the head says of the body is made one thing.
bool HeadReader::take_end() {
  if (m_head.status == k_switching_protocols)
    return fail({Errc::upstream, "the provider switched to another protocol"});
  if (m_head.status < 200) {
    m_head = {};
    m_begun = m_can_fold = false;
    return true;
  }
  if (!read_body_facts()) return false;
  // Parts of a coded text can be joined only by who has them all.
  m_body.gzip = m_body.gzip && m_head.status != k_partial_content;
  const bool bare = m_head.status == k_no_content || m_head.status == k_not_modified;
  // A gzip coding has an end of its own.
  m_head.ends_by_close = m_http1 && !m_body.chunked && !m_body.length && !m_body.gzip && !bare;
  const bool drops_length = m_body.length && (m_body.gzip || m_body.chunked);
  if (m_body.gzip || drops_length)
    std::erase_if(m_head.headers, [&](const auto& header) {
      return (m_body.gzip && iequals(header.first, "content-encoding")) ||
             (drops_length && iequals(header.first, "content-length"));
    });
  m_done = true;
  return true;
}

bool HeadReader::read_body_facts() {
  int codings = 0;
  for (const auto& [name, value] : m_head.headers) {
    if (iequals(name, "transfer-encoding")) {
      m_body.chunked = m_body.chunked || iequals(value, "chunked");
      m_body.other_transfer_coding =
          m_body.other_transfer_coding || (!iequals(value, "chunked") && !iequals(value, "identity"));
    } else if (iequals(name, "content-encoding") && !iequals(value, "identity")) {
      m_body.gzip = ++codings == 1 && (iequals(value, "gzip") || iequals(value, "x-gzip"));
    } else if (iequals(name, "content-length")) {
      const auto length = parse_uint(value);
      if (!length) return fail({Errc::upstream, "the provider sent a length that is no number"});
      if (m_body.length.value_or(*length) != *length)
        return fail({Errc::upstream, "the provider sent two different lengths"});
      m_body.length = length;
    }
  }
  return true;
}

}  // namespace pk::upstream
