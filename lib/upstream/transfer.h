// A call that curl carries: TLS, HTTP/2, proxies. Private to the room.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "upstream/buffered_call.h"
#include "upstream/loop.h"

namespace pk::upstream {

constexpr std::size_t k_idle_handles_max = 256;

// A curl handle and the buffer it writes its errors to. Used again, without the options of the call before.
struct EasyHandle {
  CURL* handle = nullptr;
  std::unique_ptr<char[]> error;
};

class Transfer;

// The curl side of one client: handles, the loop, and the transfers that something arrived for.
class CurlCarrier {
 public:
  CurlCarrier(boost::asio::io_context& loop, const Options& options);
  ~CurlCarrier();

  std::unique_ptr<Call> start(RunningCalls& running, Request request);

 private:
  friend class Transfer;

  EasyHandle take_handle();
  void give_handle(EasyHandle easy);
  void settle();

  const Options& m_options;
  std::vector<EasyHandle> m_idle;
  std::vector<Transfer*> m_moved;  // not yet told
  bool m_settling = false;
  CurlLoop m_curl;
};

class Transfer final : public BufferedCall {
 public:
  Transfer(CurlCarrier& carrier, RunningCalls& running, Request request);
  ~Transfer() override;

  void begin();

  // From the carrier.
  static Transfer& of(CURL* easy);
  void ended_with(CURLcode code);
  void tell();

 private:
  static std::size_t on_header(char* line, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* piece, std::size_t size, std::size_t count, void* self);
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_close(void* carrier, curl_socket_t fd);

  void detach() override;
  void resume() override;

  bool take_header(std::string_view line);
  std::size_t take_body(std::string_view piece);
  void set_options();
  void set_request();
  void set_headers(bool has_body);
  void moved();
  Error error_of(CURLcode code) const;

  CurlCarrier& m_carrier;
  EasyHandle m_easy;
  curl_slist* m_headers = nullptr;
  bool m_in_moved = false;
  HeadReader m_head;
  bool m_address_refused = false;
};

}  // namespace pk::upstream
