// Calls to http:// upstreams: HTTP/1.1 of our own over pooled connections. curl does the same for twelve
// times the instructions, and where nothing is encrypted nothing else is its part. Private to the room.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "upstream/answer_reader.h"
#include "upstream/buffered_call.h"
#include "upstream/plain_connection.h"
#include "upstream/request_head.h"

namespace pk::upstream {

// A connection that was idle for longer is not used again.
inline constexpr std::chrono::seconds k_idle_max{110};

// The connections of one client that wait to be used again. Lives on its thread.
class PlainCarrier {
 public:
  PlainCarrier(boost::asio::io_context& loop, const Options& options)
      : m_loop(loop), m_options(options), m_names(loop) {}
  ~PlainCarrier();

  // `url` is of `request`, and split_plain_url() took it.
  std::unique_ptr<Call> start(RunningCalls& running, Request request);

  // One that can be used at once, and that nothing came on meanwhile; or null.
  std::shared_ptr<PlainConnection> take(std::string_view authority);
  // Keeps it. Where there are as many as may be, the one that was idle for the longest goes.
  void give(std::shared_ptr<PlainConnection> connection);
  // From time to time: closes what was idle for too long.
  void prune(SteadyTime now);

  boost::asio::io_context& loop() { return m_loop; }
  NameLookup& names() { return m_names; }

 private:
  using Idle = std::vector<std::shared_ptr<PlainConnection>>;

  void drop_oldest();

  boost::asio::io_context& m_loop;
  const Options& m_options;
  NameLookup m_names;
  std::map<std::string, Idle, std::less<>> m_idle;  // by authority; the one used last stands last
  std::size_t m_count = 0;
};

class PlainCall final : public BufferedCall, private PlainConnection::User {
 public:
  PlainCall(PlainCarrier& carrier, const Options& options, RunningCalls& running, Request request);
  ~PlainCall() override;

  void begin();

 private:
  void detach() override;
  void resume() override;
  void tick(SteadyTime now) override;

  void on_open() override;
  void on_sent() override { sent(); }
  void on_bytes(std::string_view bytes) override;
  void on_lost(Error error, bool at_end) override;
  bool may_connect(const sockaddr* address) const override;

  void open();
  void ask();
  void over(bool reusable, std::optional<Error> error = {});

  PlainCarrier& m_carrier;
  PlainUrl m_url;
  std::shared_ptr<PlainConnection> m_connection;
  AnswerReader m_answer;
  bool m_reused = false;
  SteadyTime m_opening{};
};

}  // namespace pk::upstream
