// One curl transfer as a Call. Private to the room.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "upstream/client.h"
#include "upstream/gunzip.h"
#include "upstream/loop.h"

namespace pk::upstream {

class Transfer;

constexpr std::size_t k_idle_handles_max = 256;
constexpr std::int64_t k_tick_ms = 100;  // how finely first-byte and silence times are kept

// A curl handle and the buffer it writes its errors to. Reused: its options that never change are set once.
struct EasyHandle {
  CURL* handle = nullptr;
  std::unique_ptr<char[]> error;
};

struct Client::Impl {
  Impl(boost::asio::io_context& loop, Options options);
  ~Impl();

  EasyHandle take_handle();
  void give_handle(EasyHandle easy);
  void settle();
  void forget(Transfer* transfer);
  void tick();

  boost::asio::io_context& io;
  Options options;
  std::vector<EasyHandle> idle;
  std::vector<Transfer*> moved;    // something arrived for them; not yet told
  std::vector<Transfer*> running;  // for time limits
  bool settling = false;
  std::shared_ptr<int> life = std::make_shared<int>();  // asked by the ticker's handler
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
      ticker;
  CurlLoop curl;
};

class Transfer final : public Call {
 public:
  Transfer(Client::Impl& client, Request request);
  ~Transfer() override;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  void begin();
  Task<Result<const Head*>> head() override;
  Task<Result<std::string_view>> read() override;
  bool ended() const override;
  void cancel() override;

  // From the client.
  static Transfer& of(CURL* easy);
  static void set_constant_options(EasyHandle& easy, Client::Impl& client);
  void finished(CURLcode code);
  void wake();
  void check_deadline(std::chrono::steady_clock::time_point now);

 private:
  static std::size_t on_header(char* line, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* piece, std::size_t size, std::size_t count, void* self);
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_close(void* client, curl_socket_t fd);

  bool take_header(std::string_view line);
  bool take_head_end();
  bool unpack();
  std::size_t take_body(std::string_view piece);
  void set_request_options();
  void moved();
  void detach();
  void end(Error error);
  Error error_of(CURLcode code) const;

  Client::Impl& m_client;
  const Request m_request;
  EasyHandle m_easy;
  curl_slist* m_headers = nullptr;
  Event m_changed;
  bool m_in_moved = false;

  Head m_head;
  std::size_t m_head_bytes = 0;
  bool m_head_done = false;
  std::unique_ptr<Gunzip> m_gunzip;  // the body has a content coding
  std::string m_body;                // received, not read
  std::size_t m_body_at = 0;         // up to here it has been unpacked
  std::string m_given;               // what read() gave out last
  bool m_paused = false;
  bool m_done = false;
  bool m_address_refused = false;
  std::optional<Error> m_error;
  std::chrono::steady_clock::time_point m_started;
  std::chrono::steady_clock::time_point m_last_byte;
};

}  // namespace pk::upstream
