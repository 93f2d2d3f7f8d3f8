#include "http/request_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace pk::http {

namespace beast = boost::beast;
using beast::error_code;
using beast::string_view;

namespace {

// Between two chunks: a size line with its extension, or all that follows the last chunk.
constexpr std::size_t k_headers_expected = 16;
constexpr std::size_t k_chunk_line_bytes_max = 16 * 1024;
// The shortest that a chunked body can end with, "0" and two line ends. Beast asserts that much when it looks
// at a last chunk again, so it is not shown less.
constexpr std::size_t k_chunk_line_bytes_min = 5;

std::string_view view(string_view text) {
  return {text.data(), text.size()};
}

Malformed malformed(std::string_view what) {
  return {400, "malformed HTTP request: " + std::string(what)};
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A line feed or a carriage return alone. Beast refuses it too, but of a head that came in pieces only at its
// end, which such a head may not have.
bool has_stray_line_end(std::string_view text) {
  for (std::size_t at = text.find_first_of("\r\n"); at < text.size(); at = text.find_first_of("\r\n", at + 2))
    if (text[at] == '\n' || (at + 1 < text.size() && text[at + 1] != '\n')) return true;
  return false;
}

// What two readers could understand differently (RFC 9112 sections 3.2, 6.1 and 6.3), stricter than Beast:
// one Host, one length in digits, or one coding, which is chunked.
std::optional<Malformed> ambiguity(const Request& request) {
  int hosts = 0, lengths = 0, codings = 0;
  bool framed_well = true;
  for (const auto& [name, value] : request.headers) {
    if (iequals(name, "host")) {
      ++hosts;
    } else if (iequals(name, "content-length")) {
      ++lengths;
      framed_well = framed_well && is_digits(value);
    } else if (iequals(name, "transfer-encoding")) {
      ++codings;
      framed_well = framed_well && iequals(value, "chunked") && request.version >= 11;
    }
  }
  if (hosts > 1) return malformed("more than one Host");
  if (lengths > 1) return malformed("more than one Content-Length");
  if (lengths > 0 && codings > 0) return malformed("both Content-Length and Transfer-Encoding");
  if (codings > 1 || !framed_well) return malformed("bad Content-Length or Transfer-Encoding");
  if (request.target.empty() || request.target[0] != '/') return malformed("bad target");
  return {};
}

// Beast's events, written straight into a Request. Whoever finds something wrong says it in `problem` and
// ends the parse with any error.
class Parser final : public beast::http::basic_parser<true> {
 public:
  Parser(const Limits& limits, const BodyMax& body_max_of)
      : m_body_max(limits.body_bytes_max), m_body_max_of(body_max_of) {
    // The limits are kept here: Beast's own on a head starts anew with each field that it has taken, and its
    // one on a body comes before the head is known.
    header_limit(limits.header_bytes_max + 1);
    body_limit(boost::none);
  }

  Request request;
  std::optional<Malformed> problem;
  bool head_known = false;

  // The next byte belongs to a chunk's size line or to what follows the last chunk.
  bool between_chunks() const { return head_known && chunked() && m_chunk_left == 0; }

 private:
  void refuse(Malformed what, error_code& error) {
    problem = std::move(what);
    error = beast::http::error::bad_value;
  }
  void refuse_body(error_code& error) {
    refuse({413, "the request's body is over the limit of " + std::to_string(m_body_max) + " bytes"}, error);
  }

  void on_request_impl(beast::http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    request.method = view(method);
    request.target = view(target);
    request.version = version;
    request.headers.reserve(k_headers_expected);
  }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(beast::http::field, string_view name, string_view value, error_code&) override {
    // What stands behind the last chunk is no header (RFC 9110 section 6.5.1).
    if (!head_known) request.headers.emplace_back(view(name), view(value));
  }
  void on_header_impl(error_code& error) override {
    head_known = true;
    request.keep_alive = keep_alive();
    if (auto what = ambiguity(request)) return refuse(std::move(*what), error);
    if (m_body_max_of && (content_length() || chunked()))
      m_body_max = std::min(m_body_max, m_body_max_of(request));
    // Of who may send none not even a first chunk is waited for.
    const bool too_long = content_length() ? *content_length() > m_body_max : chunked() && m_body_max == 0;
    if (too_long) refuse_body(error);
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    // A declared length is the client's word: memory is taken for it only up to a megabyte ahead of the
    // bytes.
    const std::uint64_t declared = length ? *length : 0;
    request.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(declared, 1'000'000)));
  }
  std::size_t on_body_impl(string_view piece, error_code&) override {
    request.body.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_chunk_header_impl(std::uint64_t size, string_view extension, error_code& error) override {
    m_extension_bytes += extension.size();
    if (m_extension_bytes > k_chunk_line_bytes_max)
      return refuse(malformed("chunk extensions over the limit"), error);
    if (size > m_body_max - request.body.size()) return refuse_body(error);
    m_chunk_left = size;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) override {
    request.body.append(piece.data(), piece.size());
    m_chunk_left -= piece.size();
    return piece.size();
  }
  void on_finish_impl(error_code&) override {}

  std::uint64_t m_body_max;
  const BodyMax& m_body_max_of;
  std::uint64_t m_chunk_left = 0;
  std::size_t m_extension_bytes = 0;
};

}  // namespace

struct RequestParser::Impl {
  Impl(const Limits& limits_, BodyMax body_max_) : limits(limits_), body_max(std::move(body_max_)) {
    renew();
  }

  void renew() {
    parser.emplace(limits, body_max);
    problem.reset();
    head_bytes = 0;
    started = false;
  }

  void fail(Malformed what) {
    what.head_known = parser->head_known;
    problem = std::move(what);
  }

  // How much of what is there may be looked at as one piece: the rest of a head's room, a chunk's size line.
  std::size_t room() const {
    if (!parser->head_known) return limits.header_bytes_max - head_bytes;
    return parser->between_chunks() ? k_chunk_line_bytes_max : std::string_view::npos;
  }

  std::size_t step(std::string_view bytes);

  const Limits limits;
  const BodyMax body_max;
  std::optional<Parser> parser;
  std::optional<Malformed> problem;
  std::size_t head_bytes = 0;
  bool started = false;
};

// One part of a message: the request line and whole fields, a piece of body, a chunk's size line. 0: more is
// needed, or there is a problem.
std::size_t RequestParser::Impl::step(std::string_view bytes) {
  const bool in_head = !parser->head_known;
  const std::string_view piece = bytes.substr(0, room());
  if (parser->between_chunks() && piece.size() < k_chunk_line_bytes_min) return 0;
  error_code error = beast::http::error::need_more;
  const std::size_t taken =
      piece.empty() ? 0 : parser->put(boost::asio::const_buffer(piece.data(), piece.size()), error);
  if (in_head) head_bytes += taken;
  if (error != beast::http::error::need_more) {
    if (error) fail(parser->problem ? std::move(*parser->problem) : malformed(error.message()));
  } else if (in_head && has_stray_line_end(piece.substr(taken))) {
    fail(malformed("a line end that is not CRLF"));
  } else if (piece.size() < bytes.size() && taken == 0) {
    fail(in_head ? Malformed{431, "the request's headers are over the limit"}
                 : malformed("the framing of a chunk is over the limit"));
  }
  return taken;
}

RequestParser::RequestParser(const Limits& limits, BodyMax body_max)
    : m_impl(std::make_unique<Impl>(limits, std::move(body_max))) {}
RequestParser::~RequestParser() = default;

void RequestParser::reset() {
  m_impl->renew();
}

std::size_t RequestParser::put(std::string_view bytes) {
  Impl& impl = *m_impl;
  std::size_t taken = 0;
  // An empty line before a request line is to be ignored (RFC 9112 section 2.2).
  while (!impl.started && bytes.substr(taken).starts_with("\r\n")) taken += 2;
  if (!impl.started && bytes.substr(taken) == "\r") return taken;
  while (taken < bytes.size() && !done() && !impl.problem) {
    impl.started = true;
    const std::size_t n = impl.step(bytes.substr(taken));
    taken += n;
    if (n == 0) break;
  }
  return taken;
}

bool RequestParser::started() const {
  return m_impl->started;
}
bool RequestParser::head_done() const {
  return m_impl->parser->head_known;
}
bool RequestParser::done() const {
  return m_impl->parser->is_done();
}
const std::optional<Malformed>& RequestParser::problem() const {
  return m_impl->problem;
}

bool RequestParser::expects_continue() const {
  if (!head_done() || done()) return false;
  const auto expect = find_header(m_impl->parser->request.headers, "expect");
  return expect && iequals(*expect, "100-continue") && m_impl->parser->request.version >= 11;
}

Request& RequestParser::request() {
  return m_impl->parser->request;
}

}  // namespace pk::http
