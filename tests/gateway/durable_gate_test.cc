#include "gateway/durable_gate.h"

#include <thread>

#include "gateway/fakes.h"
#include "support/catch.h"

using pk::Task;
using pk::gateway::DurableGate;
using pk::test::RecordingSink;
using pk::test::turn_until;
using pk::test::turn_what_is_ready;
using Seq = pk::log::Sink::Seq;

namespace {

// Waiters at a gate whose loop the test turns.
struct Gated {
  Gated() { sink.durable_up_to = 0; }

  void wait(Seq seq) {
    [](Gated& self, Seq own) -> Task<void> {
      co_await self.gate.wait(own);
      self.released.push_back(own);
    }(*this, seq)
                                    .detach();
  }
  void advance(Seq to) {
    sink.durable_up_to = to;
    gate.notify();
    turn_what_is_ready(loop);
  }

  boost::asio::io_context loop{1};
  RecordingSink sink;
  DurableGate gate{loop, sink};
  std::vector<Seq> released;
};

}  // namespace

TEST_CASE("What is durable already, or was not taken in, does not wait") {
  Gated gated;
  gated.sink.durable_up_to = 5;
  for (const Seq seq : {0, 1, 5}) gated.wait(seq);
  CHECK(gated.released == std::vector<Seq>{0, 1, 5});
  CHECK(gated.gate.released() == 0);
}

TEST_CASE("Waiters are released in their order, each when its record is on disk") {
  Gated gated;
  for (const Seq seq : {2, 3, 7}) gated.wait(seq);
  gated.advance(1);
  CHECK(gated.released.empty());
  gated.advance(3);
  CHECK(gated.released == std::vector<Seq>{2, 3});
  gated.advance(6);
  CHECK(gated.released.size() == 2);
  gated.advance(7);
  CHECK(gated.released == std::vector<Seq>{2, 3, 7});
  CHECK(gated.gate.released() == 0);
}

TEST_CASE("A waiter that comes when another is released is judged by the same rule") {
  Gated gated;
  [](Gated& self) -> Task<void> {
    co_await self.gate.wait(1);
    self.wait(2);
    self.wait(9);
    self.released.push_back(1);
  }(gated)
                         .detach();
  gated.advance(5);
  CHECK(gated.released == std::vector<Seq>{2, 1});
  gated.advance(9);
  CHECK(gated.released == std::vector<Seq>{2, 1, 9});
}

TEST_CASE("A record that does not come to disk holds nobody for ever, and is counted") {
  Gated gated;
  gated.wait(1);
  gated.wait(2);
  turn_until(gated.loop, [&] { return gated.released.size() == 2; });
  CHECK(gated.released == std::vector<Seq>{1, 2});
  CHECK(gated.gate.released() == 2);
  // The next one waits again.
  gated.wait(3);
  CHECK(gated.released.size() == 2);
  gated.advance(3);
  CHECK(gated.released.size() == 3);
  CHECK(gated.gate.released() == 2);
  // Who asks again was not released.
  bool over = false;
  [](Gated& self, bool& done) -> Task<void> {
    co_await self.gate.wait(4, true);
    done = true;
  }(gated, over)
                                     .detach();
  turn_until(gated.loop, [&] { return over; });
  CHECK(gated.gate.released() == 2);
}

TEST_CASE("A writer on another thread wakes whoever waits") {
#ifdef PK_SANITIZED
  constexpr Seq k_last =
      200;  // sanitized code has no tail calls: each answer that is there at once nests deeper
#else
  constexpr Seq k_last = 20'000;
#endif
  class AtomicSink final : public pk::log::Sink {
   public:
    Seq open(const pk::log::LogRecord&) override { return 0; }
    Seq close(const pk::log::LogRecord&) override { return 0; }
    Seq close_all(std::span<const pk::log::LogRecord>) override { return 0; }
    Seq durable() const override { return at.load(); }
    bool healthy() const override { return true; }
    void subscribe(std::function<void()>) override {}
    std::atomic<Seq> at{0};
  };
  boost::asio::io_context loop{1};
  AtomicSink sink;
  DurableGate gate(loop, sink);
  std::atomic<Seq> asked{0};
  Seq done = 0;
  // One record after the other, each durable a moment after it was asked for.
  std::thread writer([&] {
    while (sink.at < k_last) {
      const Seq now = asked.load();
      if (now == sink.at) continue;
      sink.at = now;
      gate.notify();
    }
  });
  [](DurableGate& g, std::atomic<Seq>& wanted, Seq& finished) -> Task<void> {
    for (Seq seq = 1; seq <= k_last; ++seq) {
      wanted = seq;
      co_await g.wait(seq);
      finished = seq;
    }
  }(gate, asked, done)
                                                                     .detach();
  turn_until(loop, [&] { return done == k_last; });
  writer.join();
  CHECK(done == k_last);
  CHECK(gate.released() < 100);
}
