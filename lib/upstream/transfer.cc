#include "upstream/transfer.h"

#include <algorithm>
#include <utility>

#include "base/head_text.h"
#include "base/text.h"
#include "upstream/request_head.h"

namespace pk::upstream {

// ---- the carrier ----

CurlCarrier::CurlCarrier(boost::asio::io_context& loop, const Options& options)
    : m_options(options),
      m_curl(
          loop, options.limits.connections_max,
          [](CURL* easy, CURLcode code) { Transfer::of(easy).ended_with(code); }, [this] { settle(); }) {}

CurlCarrier::~CurlCarrier() {
  for (EasyHandle& easy : m_idle) curl_easy_cleanup(easy.handle);
}

std::unique_ptr<Call> CurlCarrier::start(RunningCalls& running, Request request) {
  auto transfer = std::make_unique<Transfer>(*this, running, std::move(request));
  transfer->begin();
  return transfer;
}

EasyHandle CurlCarrier::take_handle() {
  if (m_idle.empty()) {
    EasyHandle easy{curl_easy_init(), std::make_unique<char[]>(CURL_ERROR_SIZE)};
    PK_ASSERT(easy.handle != nullptr);
    return easy;
  }
  EasyHandle easy = std::move(m_idle.back());
  m_idle.pop_back();
  return easy;
}

// Reset, for a handle remembers more than its options: how often it asked again because a connection had
// died, for one, and curl 7.88 fails the request that makes it six, whichever came before.
void CurlCarrier::give_handle(EasyHandle easy) {
  if (m_idle.size() >= k_idle_handles_max) return curl_easy_cleanup(easy.handle);
  curl_easy_reset(easy.handle);
  m_idle.push_back(std::move(easy));
}

// Resumes what waits for a transfer that moved. Resuming may start, end and destroy transfers, and comes back
// here through curl: the outermost call does the work, the others only add to the list.
void CurlCarrier::settle() {
  if (std::exchange(m_settling, true)) return;
  while (!m_moved.empty()) {
    Transfer* transfer = m_moved.back();
    m_moved.pop_back();
    transfer->tell();
  }
  m_settling = false;
}

// ---- one transfer ----

Transfer::Transfer(CurlCarrier& carrier, RunningCalls& running, Request request)
    : BufferedCall(carrier.m_options, running, std::move(request)),
      m_carrier(carrier),
      m_head(options().limits.head_bytes_max) {}

Transfer::~Transfer() {
  detach();
}

void Transfer::begin() {
  m_easy = m_carrier.take_handle();
  m_easy.error[0] = '\0';
  set_options();
  set_request();
  m_carrier.m_curl.add(m_easy.handle);
}

// Gives the curl handle back; no callback comes after it.
void Transfer::detach() {
  if (std::exchange(m_in_moved, false)) std::erase(m_carrier.m_moved, this);
  if (!m_easy.handle) return;
  m_carrier.m_curl.remove(m_easy.handle);
  curl_slist_free_all(std::exchange(m_headers, nullptr));
  m_carrier.give_handle(std::exchange(m_easy, {}));
}

// Delivers what curl held back at once, through on_body.
void Transfer::resume() {
  if (!m_easy.handle) return;
  curl_easy_pause(m_easy.handle, CURLPAUSE_CONT);
  m_carrier.m_curl.kick();
}

Transfer& Transfer::of(CURL* easy) {
  char* self = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
  return *reinterpret_cast<Transfer*>(self);
}

void Transfer::ended_with(CURLcode code) {
  std::optional<Error> error = m_head.error();
  if (code != CURLE_OK && !error) error = error_of(code);
  finished(std::move(error));
  moved();
}

void Transfer::moved() {
  if (std::exchange(m_in_moved, true)) return;
  m_carrier.m_moved.push_back(this);
}

void Transfer::tell() {
  m_in_moved = false;
  wake();
}

// ---- curl's callbacks ----

std::size_t Transfer::on_header(char* line, std::size_t size, std::size_t count, void* self) {
  return static_cast<Transfer*>(self)->take_header({line, size * count}) ? size * count : 0;
}

bool Transfer::take_header(std::string_view line) {
  if (m_head.done()) return true;  // a trailer
  if (!m_head.take(line)) return false;
  if (!m_head.done()) return true;
  head_moved(m_head.take_head(), m_head.body());
  moved();
  return true;
}

std::size_t Transfer::on_body(char* piece, std::size_t size, std::size_t count, void* self) {
  return static_cast<Transfer*>(self)->take_body({piece, size * count});
}

std::size_t Transfer::take_body(std::string_view piece) {
  if (full()) {
    paused();
    return CURL_WRITEFUNC_PAUSE;
  }
  body_moved().append(piece);
  moved();
  return piece.size();
}

curl_socket_t Transfer::on_open(void* self_, curlsocktype, curl_sockaddr* address) {
  auto& self = *static_cast<Transfer*>(self_);
  if (!may_connect(&address->addr, self.request(), self.options())) {
    self.m_address_refused = true;
    return CURL_SOCKET_BAD;
  }
  return self.m_carrier.m_curl.open_socket(*address);
}

int Transfer::on_close(void* carrier, curl_socket_t fd) {
  static_cast<CurlCarrier*>(carrier)->m_curl.close_socket(fd);
  return 0;
}

// ---- options ----

void Transfer::set_options() {
  CURL* curl = m_easy.handle;
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, m_easy.error.get());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY,
                   options().proxy.c_str());                     // "" also turns the environment's proxy off
  curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);  // a proxy's head is not the provider's
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options().limits.connect_timeout_ms));
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  if (const std::string& ca_file = options().ca_file; !ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(curl, CURLOPT_PRIVATE, this);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(curl, CURLOPT_CLOSESOCKETFUNCTION, &Transfer::on_close);
  curl_easy_setopt(curl, CURLOPT_CLOSESOCKETDATA, &m_carrier);
}

void Transfer::set_request() {
  CURL* curl = m_easy.handle;
  curl_easy_setopt(curl, CURLOPT_URL, request().url.c_str());
  const std::string& method = request().method;
  const bool has_body = sends_body(request());
  const bool is_head = method == "HEAD";
  // curl would wait for the body of an answer to a HEAD that has one itself.
  if (is_head) curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  if (has_body) {
    const std::string_view body = request().body;
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data() ? body.data() : "");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  }
  const bool plain = method == (has_body ? "POST" : is_head ? "HEAD" : "GET");
  if (!plain) curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  set_headers(has_body);
}

void Transfer::set_headers(bool has_body) {
  std::string line;
  const auto add = [&](std::string_view name, std::string_view value) {
    line.clear();
    append_field_value(line, name);
    line.append(value.empty() ? ";" : ": ");
    append_field_value(line, value);
    m_headers = curl_slist_append(m_headers, line.c_str());
  };
  for (const auto& [name, value] : request().headers)
    if (!frames_body(name)) add(name, value);
  // curl writes a header of an option twice, letter by letter, and a header of the list once.
  each_added_header(request(), options(), add);
  if (has_body) {
    m_headers = curl_slist_append(m_headers, "Expect:");  // no round trip before a large body
    if (!names_header(request(), "content-type")) m_headers = curl_slist_append(m_headers, "Content-Type:");
  }
  curl_easy_setopt(m_easy.handle, CURLOPT_HTTPHEADER, m_headers);
}

// The one place where curl's codes become ours.
Error Transfer::error_of(CURLcode code) const {
  if (m_address_refused) return address_refused();
  const std::string detail = m_easy.error[0] ? m_easy.error.get() : curl_easy_strerror(code);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return {Errc::timeout, "could not connect to the provider in time: " + detail};
    case CURLE_UNSUPPORTED_PROTOCOL:
      // Also its word for an answer that is no HTTP.
      if (istarts_with(request().url, "http:") || istarts_with(request().url, "https:"))
        return {Errc::upstream, "the provider does not speak HTTP: " + detail};
      [[fallthrough]];
    case CURLE_URL_MALFORMAT:
      return {Errc::invalid, "bad upstream address: " + detail};
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return {Errc::upstream, "could not connect to the provider: " + detail};
    case CURLE_PEER_FAILED_VERIFICATION:
      return {Errc::upstream, "the certificate cannot be trusted: " + detail +
                                  "; let the system trust who signed it (update-ca-certificates)"};
    case CURLE_PARTIAL_FILE:
      return {Errc::upstream, "the provider ended its answer early: " + detail};
    default:
      return {Errc::upstream, "the connection to the provider failed: " + detail};
  }
}

}  // namespace pk::upstream
