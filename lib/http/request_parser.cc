#include "http/request_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/text.h"

namespace pk::http {

namespace beast = boost::beast;
using beast::error_code;
using beast::string_view;

namespace {

std::string_view view(string_view text) {
  return {text.data(), text.size()};
}

// Beast's events, written straight into a Request.
class Parser final : public beast::http::basic_parser<true> {
 public:
  Request request;

 private:
  void on_request_impl(beast::http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    request.method = view(method);
    request.target = view(target);
    request.version = version;
  }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(beast::http::field, string_view name, string_view value, error_code&) override {
    request.headers.emplace_back(view(name), view(value));
  }
  void on_header_impl(error_code&) override { request.keep_alive = keep_alive(); }
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
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) override {
    request.body.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_finish_impl(error_code&) override {}
};

Malformed problem_of(error_code error) {
  using E = beast::http::error;
  if (error == E::header_limit) return {431, "the request's headers are over the limit"};
  if (error == E::body_limit) return {413, "the request's body is over the limit"};
  return {400, "malformed HTTP request: " + error.message()};
}

// What Beast lets pass and two readers could understand differently (RFC 9112 sections 3.2, 6.1 and 6.3).
std::optional<Malformed> ambiguity(const Request& request, bool chunked) {
  int hosts = 0, lengths = 0;
  bool coded = false;
  for (const auto& [name, value] : request.headers) {
    if (iequals(name, "host")) ++hosts;
    if (iequals(name, "content-length")) ++lengths;
    if (iequals(name, "transfer-encoding")) coded = true;
  }
  if (hosts > 1) return Malformed{400, "malformed HTTP request: more than one Host"};
  if (lengths > 1) return Malformed{400, "malformed HTTP request: more than one Content-Length"};
  if (coded && lengths > 0)
    return Malformed{400, "malformed HTTP request: both Content-Length and Transfer-Encoding"};
  if (coded && (!chunked || request.version < 11))
    return Malformed{400, "malformed HTTP request: bad Transfer-Encoding"};
  if (request.target.empty() || request.target[0] != '/')
    return Malformed{400, "malformed HTTP request: bad target"};
  return {};
}

}  // namespace

struct RequestParser::Impl {
  explicit Impl(const Limits& limits_) : limits(limits_) { renew(); }

  void renew() {
    parser.emplace();
    parser->header_limit(limits.header_bytes_max);
    parser->body_limit(limits.body_bytes_max);
    parser->eager(true);
    problem.reset();
    started = head_checked = false;
  }

  void fail(Malformed what) {
    what.head_known = head_checked || parser->is_header_done();
    problem = std::move(what);
  }

  const Limits limits;
  std::optional<Parser> parser;
  std::optional<Malformed> problem;
  bool started = false;
  bool head_checked = false;
};

RequestParser::RequestParser(const Limits& limits) : m_impl(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;

void RequestParser::reset() {
  m_impl->renew();
}

std::size_t RequestParser::put(std::string_view bytes) {
  Impl& impl = *m_impl;
  std::size_t taken = 0;
  // An empty line before a request line is to be ignored (RFC 9112 section 2.2).
  while (!impl.started && bytes.substr(taken).starts_with("\r\n")) taken += 2;
  while (taken < bytes.size() && !done() && !impl.problem) {
    impl.started = true;
    error_code error;
    const std::size_t n =
        impl.parser->put(boost::asio::const_buffer(bytes.data() + taken, bytes.size() - taken), error);
    taken += n;
    if (error == beast::http::error::need_more) error = {};
    if (error) {
      impl.fail(problem_of(error));
      break;
    }
    if (!impl.head_checked && impl.parser->is_header_done()) {
      impl.head_checked = true;
      if (auto problem = ambiguity(impl.parser->request, impl.parser->chunked()))
        impl.fail(std::move(*problem));
    }
    if (n == 0) break;
  }
  return taken;
}

bool RequestParser::started() const {
  return m_impl->started;
}
bool RequestParser::head_done() const {
  return m_impl->parser->is_header_done();
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
