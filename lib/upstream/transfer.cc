#include "upstream/transfer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace pk::upstream {

using std::chrono::steady_clock;

namespace {

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  const auto fits = [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           marks.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

// What a head says of its body.
struct BodyHeaders {
  bool chunked = false;
  bool gzip = false;  // and no other coding
  bool lengths_differ = false;
};

BodyHeaders body_headers(const log::Headers& headers) {
  BodyHeaders found;
  int codings = 0;
  std::optional<std::string_view> length;
  for (const auto& [name, value] : headers) {
    if (iequals(name, "transfer-encoding")) found.chunked = true;
    if (iequals(name, "content-encoding") && !iequals(value, "identity"))
      found.gzip = ++codings == 1 && (iequals(value, "gzip") || iequals(value, "x-gzip"));
    if (iequals(name, "content-length"))
      found.lengths_differ = found.lengths_differ || *(length = length.value_or(value)) != value;
  }
  return found;
}

bool names(const log::Headers& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& header) { return iequals(header.first, name); });
}

}  // namespace

Transfer::Transfer(Client::Impl& client, Request request) : m_client(client), m_request(std::move(request)) {}

Transfer::~Transfer() {
  detach();
}

void Transfer::begin() {
  m_easy = m_client.take_handle();
  m_easy.error[0] = '\0';
  m_started = m_last_byte = steady_clock::now();
  m_client.running.push_back(this);
  set_request_options();
  m_client.curl.add(m_easy.handle);
}

// Gives the curl handle back; no callback comes after it.
void Transfer::detach() {
  m_client.forget(this);
  if (!m_easy.handle) return;
  m_client.curl.remove(m_easy.handle);
  curl_slist_free_all(std::exchange(m_headers, nullptr));
  m_client.give_handle(std::exchange(m_easy, {}));
}

Task<Result<const Head*>> Transfer::head() {
  while (!m_head_done && !m_done) co_await m_changed;
  if (!m_head_done)
    co_return Error(m_error ? *m_error
                            : Error{Errc::upstream, "the provider closed the connection without an answer"});
  co_return &m_head;
}

Task<Result<std::string_view>> Transfer::read() {
  m_given.clear();
  while (true) {
    if (!unpack()) {
      Error broken{Errc::upstream, "the provider's content coding is broken"};
      m_error = broken;
      end(std::move(broken));
    }
    if (!m_given.empty()) co_return std::string_view(m_given);
    if (m_done) break;
    if (std::exchange(m_paused, false)) {
      // Delivers what curl held back at once, through on_body.
      curl_easy_pause(m_easy.handle, CURLPAUSE_CONT);
      m_client.curl.kick();
      continue;
    }
    co_await m_changed;
  }
  if (!m_error && m_gunzip && !m_gunzip->whole())
    m_error = Error{Errc::upstream, "the provider ended its answer early: its content coding is cut"};
  if (m_error) co_return Error(*m_error);
  co_return std::string_view();
}

// What was received, or the next piece of what it stands for, into m_given. False if it stands for nothing.
bool Transfer::unpack() {
  if (!m_gunzip) {
    m_given.swap(m_body);
    return true;
  }
  bool good = true;
  std::string_view packed = std::string_view(m_body).substr(m_body_at);
  while (good && m_given.empty() && (!packed.empty() || m_gunzip->has_more()))
    good = m_gunzip->step(packed, m_given);
  m_body_at = m_body.size() - packed.size();
  if (packed.empty()) m_body.clear(), m_body_at = 0;
  return good;
}

bool Transfer::ended() const {
  return m_done && !m_error && m_body.empty() && (!m_gunzip || (m_gunzip->whole() && !m_gunzip->has_more()));
}

void Transfer::cancel() {
  end(Error{Errc::cancelled, "the client left"});
}

void Transfer::end(Error error) {
  if (m_done) return;
  m_done = true;
  m_error = std::move(error);
  m_body.clear();
  m_body.shrink_to_fit();
  m_body_at = 0;
  detach();
  wake();
}

Transfer& Transfer::of(CURL* easy) {
  char* self = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
  return *reinterpret_cast<Transfer*>(self);
}

void Transfer::finished(CURLcode code) {
  m_done = true;
  if (code != CURLE_OK && !m_error) m_error = error_of(code);
  moved();
}

void Transfer::moved() {
  if (std::exchange(m_in_moved, true)) return;
  m_client.moved.push_back(this);
}

void Transfer::wake() {
  m_in_moved = false;
  if (m_changed.has_waiter()) m_changed.set();
}

void Transfer::check_deadline(steady_clock::time_point now) {
  const auto limit = std::chrono::milliseconds(m_request.first_byte_timeout_ms);
  if (!m_head_done && limit.count() > 0 && now - m_started >= limit)
    return end(Error{Errc::timeout, fmt::format("no answer within {} ms", limit.count())});
  if (m_paused || m_done) {
    m_last_byte = now;  // it waits for its reader, not for the provider
  } else if (now - m_last_byte >= std::chrono::milliseconds(m_client.options.limits.silence_timeout_ms)) {
    end(Error{Errc::timeout, fmt::format("the provider was silent for {} s",
                                         m_client.options.limits.silence_timeout_ms / 1000)});
  }
}

// ---- curl's callbacks ----

std::size_t Transfer::on_header(char* line, std::size_t size, std::size_t count, void* self) {
  return static_cast<Transfer*>(self)->take_header({line, size * count}) ? size * count : 0;
}

bool Transfer::take_header(std::string_view line) {
  if (m_head_done) return true;  // a trailer
  m_head_bytes += line.size();
  if (m_head_bytes > m_client.options.limits.head_bytes_max) {
    m_error = Error{Errc::limit, "the provider's response head is too large"};
    return false;
  }
  if (line.starts_with("HTTP/")) {
    m_head = {};
    const auto space = line.find(' ');
    m_head.status = space == std::string_view::npos
                        ? 0
                        : static_cast<int>(parse_uint(line.substr(space + 1, 3)).value_or(0));
    return true;
  }
  const std::string_view text = trim(line);
  if (text.empty()) return take_head_end();
  const auto colon = text.find(':');
  if (is_token(text.substr(0, colon)) && colon != std::string_view::npos)
    m_head.headers.emplace_back(text.substr(0, colon), trim(text.substr(colon + 1)));
  return true;
}

// The empty line: what the head says of the body is made one thing.
bool Transfer::take_head_end() {
  constexpr int k_switching_protocols = 101, k_partial_content = 206;
  const auto fail = [this](std::string_view why) {
    m_error = Error{Errc::upstream, std::string(why)};
    return false;
  };
  if (m_head.status == k_switching_protocols) return fail("the provider switched to another protocol");
  if (m_head.status < 200) return true;
  const BodyHeaders body = body_headers(m_head.headers);
  if (body.lengths_differ) return fail("the provider sent two different lengths");
  // Parts of a coded text can be joined only by who has them all.
  const bool unpacked = body.gzip && m_head.status != k_partial_content;
  if (unpacked) m_gunzip = std::make_unique<Gunzip>();
  // Chunks go before a length (RFC 9112 section 6.3), and a length counts the packed bytes.
  std::erase_if(m_head.headers, [&](const auto& header) {
    return (iequals(header.first, "content-encoding") && unpacked) ||
           (iequals(header.first, "content-length") && (unpacked || body.chunked));
  });
  m_head_done = true;
  moved();
  return true;
}

std::size_t Transfer::on_body(char* piece, std::size_t size, std::size_t count, void* self) {
  return static_cast<Transfer*>(self)->take_body({piece, size * count});
}

std::size_t Transfer::take_body(std::string_view piece) {
  m_last_byte = steady_clock::now();
  if (m_body.size() - m_body_at >= m_client.options.limits.buffer_bytes_max) {
    m_paused = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  m_body.append(piece);
  moved();
  return piece.size();
}

curl_socket_t Transfer::on_open(void* self_, curlsocktype, curl_sockaddr* address) {
  auto& self = *static_cast<Transfer*>(self_);
  const Options& options = self.m_client.options;
  const auto* listener = reinterpret_cast<const sockaddr*>(&options.own_listener);
  const bool own = listener->sa_family != AF_UNSPEC && config::reaches_listener(&address->addr, listener);
  if (own || !config::address_allowed(&address->addr, self.m_request.trust, options.trusted_hosts)) {
    self.m_address_refused = true;
    return CURL_SOCKET_BAD;
  }
  return self.m_client.curl.open_socket(*address);
}

int Transfer::on_close(void* client, curl_socket_t fd) {
  static_cast<Client::Impl*>(client)->curl.close_socket(fd);
  return 0;
}

// ---- options ----

void Transfer::set_constant_options(EasyHandle& easy, Client::Impl& client) {
  CURL* curl = easy.handle;
  const Options& options = client.options;
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, easy.error.get());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, options.proxy.c_str());  // "" also turns the environment's proxy off
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.limits.connect_timeout_ms));
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open);
  curl_easy_setopt(curl, CURLOPT_CLOSESOCKETFUNCTION, &Transfer::on_close);
  curl_easy_setopt(curl, CURLOPT_CLOSESOCKETDATA, &client);
}

void Transfer::set_request_options() {
  CURL* curl = m_easy.handle;
  curl_easy_setopt(curl, CURLOPT_PRIVATE, this);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(curl, CURLOPT_URL, m_request.url.c_str());

  const std::string& method = m_request.method;
  const bool is_head = method == "HEAD";
  // curl would wait for the body of an answer to a HEAD that has one itself.
  const bool has_body =
      !is_head && (!m_request.body.empty() || method == "POST" || method == "PUT" || method == "PATCH");
  // The handle comes from the request before: each of the four is set each time.
  curl_easy_setopt(curl, CURLOPT_NOBODY, is_head ? 1L : 0L);
  if (has_body) {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, m_request.body.data() ? m_request.body.data() : "");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(m_request.body.size()));
  } else if (!is_head) {
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
  }
  const bool plain = method == (has_body ? "POST" : is_head ? "HEAD" : "GET");
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, plain ? nullptr : method.c_str());

  std::string line;
  for (const auto& [name, value] : m_request.headers) {
    line.assign(name).append(value.empty() ? ";" : ": ").append(value);
    m_headers = curl_slist_append(m_headers, line.c_str());
  }
  // curl writes a header of an option twice, letter by letter, and a header of the list once: a letter costs
  // a hundred instructions.
  if (!names(m_request.headers, "user-agent")) {
    line.assign("User-Agent: ").append(m_client.options.user_agent);
    m_headers = curl_slist_append(m_headers, line.c_str());
  }
  // A part of a coded text is of no use to anybody.
  if (!names(m_request.headers, "accept-encoding") && !names(m_request.headers, "range"))
    m_headers = curl_slist_append(m_headers, "Accept-Encoding: gzip");
  if (has_body) {
    m_headers = curl_slist_append(m_headers, "Expect:");  // no round trip before a large body
    if (!names(m_request.headers, "content-type")) m_headers = curl_slist_append(m_headers, "Content-Type:");
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, m_headers);
}

// The one place where curl's codes become ours.
Error Transfer::error_of(CURLcode code) const {
  if (m_address_refused)
    return {Errc::unauthorized,
            "the upstream address is not allowed; name its host with --allow-upstream if it is yours"};
  const std::string detail = m_easy.error[0] ? m_easy.error.get() : curl_easy_strerror(code);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return {Errc::timeout, "could not connect to the provider in time: " + detail};
    case CURLE_UNSUPPORTED_PROTOCOL:
      // Also its word for an answer that is no HTTP.
      if (istarts_with(m_request.url, "http:") || istarts_with(m_request.url, "https:"))
        return {Errc::upstream, "the provider does not speak HTTP: " + detail};
      [[fallthrough]];
    case CURLE_URL_MALFORMAT:
      return {Errc::invalid, "bad upstream address: " + detail};
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return {Errc::upstream, "could not connect to the provider: " + detail};
    case CURLE_PARTIAL_FILE:
      return {Errc::upstream, "the provider ended its answer early: " + detail};
    default:
      return {Errc::upstream, "the connection to the provider failed: " + detail};
  }
}

}  // namespace pk::upstream
