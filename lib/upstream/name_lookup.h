// Names to addresses. The system's look-up blocks for as long as a name server is silent, so each runs on a
// thread of its own: one name holds up no other, and none the end of the process. (Asio's resolver has one
// thread for all names of a loop, and the loop's end waits for it.) Who asks for a name that is being looked
// up gets that answer; where all threads are taken a name waits for one. How long is the business of who
// asks. Private to the room.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"

namespace pk::upstream {

inline constexpr int k_lookups_max = 100;  // names under way, of one NameLookup: a thread each
inline constexpr std::size_t k_lookups_queued_max = 10'000;  // names that wait for a thread

using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;
using Resolve = std::function<Result<Addresses>(const std::string& host, std::uint16_t port)>;

// By the system, in its order. Blocks. Errors: upstream.
Result<Addresses> resolve_by_system(const std::string& host, std::uint16_t port);

// Lives on its loop's thread; the loop outlives it.
class NameLookup {
 public:
  using Told = std::function<void(Result<Addresses>)>;

  // `resolve` is called on other threads, on several at a time, and may still run when the NameLookup is
  // gone.
  explicit NameLookup(boost::asio::io_context& loop, Resolve resolve = resolve_by_system);
  ~NameLookup();  // who waits is told nothing any more
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  // `told` is called once, from the loop, never from within. Errors: those of `resolve`; limit (too many
  // names wait, or the system has no thread to give).
  void start(const std::string& host, std::uint16_t port, Told told);

 private:
  // What the threads know of us. A thread posts to the loop only with this locked and `loop` set.
  struct Link {
    boost::asio::io_context* loop = nullptr;
    NameLookup* owner = nullptr;
  };
  using SharedLink = std::shared_ptr<Guarded<Link>>;

  struct Waiter {
    std::uint16_t port;
    Told told;
  };

  static void post(const SharedLink& link, const std::string& host, Result<Addresses> found);
  void begin(const std::string& host);
  void over(const std::string& host, const Result<Addresses>& found);
  void begin_next();
  void tell(const std::string& host, const Result<Addresses>& found);

  const Resolve m_resolve;
  const SharedLink m_link;
  std::map<std::string, std::vector<Waiter>> m_waiting;  // by name, under way or queued
  std::deque<std::string> m_queue;
  int m_threads = 0;
};

}  // namespace pk::upstream
