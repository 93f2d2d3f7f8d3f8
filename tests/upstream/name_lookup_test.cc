#include "upstream/name_lookup.h"

#include <atomic>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/loop_thread.h"

using pk::Errc;
using pk::Error;
using pk::Result;
using pk::test::LoopThread;
using pk::upstream::Addresses;
using pk::upstream::k_lookups_max;
using pk::upstream::k_lookups_queued_max;
using pk::upstream::NameLookup;
using pk::upstream::Resolve;

namespace {

// Answers at once, but for names that begin with "slow": these wait for open().
class SlowNames {
 public:
  ~SlowNames() {
    open();
    while (*m_running > 0) std::this_thread::yield();
  }
  Resolve resolve() {
    return [gate = m_gate, running = m_running, asked = m_asked](const std::string& host,
                                                                 std::uint16_t port) -> Result<Addresses> {
      if (host.starts_with("slow")) {
        ++*asked;
        ++*running;
        gate.wait();
        --*running;
      }
      if (host == "nowhere") return Error{Errc::upstream, "no"};
      return Addresses{{boost::asio::ip::address_v4::loopback(), port}};
    };
  }
  void open() {
    if (!std::exchange(m_open, true)) m_opener.set_value();
  }
  int running() const { return *m_running; }
  int asked() const { return *m_asked; }  // for slow names

 private:
  bool m_open = false;
  std::promise<void> m_opener;
  std::shared_future<void> m_gate = m_opener.get_future().share();
  std::shared_ptr<std::atomic<int>> m_running = std::make_shared<std::atomic<int>>(0);
  std::shared_ptr<std::atomic<int>> m_asked = std::make_shared<std::atomic<int>>(0);
};

using Answer = std::shared_ptr<std::promise<Result<Addresses>>>;

std::future<Result<Addresses>> look_up(LoopThread& thread, NameLookup& names, const std::string& host,
                                       std::uint16_t port = 81) {
  const Answer answer = std::make_shared<std::promise<Result<Addresses>>>();
  thread.run([&] {
    names.start(host, port, [answer](Result<Addresses> found) { answer->set_value(std::move(found)); });
  });
  return answer->get_future();
}

// On a loop's thread, as it has to be.
struct Names {
  explicit Names(Resolve resolve) {
    thread.run([&] { names.emplace(thread.loop(), std::move(resolve)); });
  }
  ~Names() {
    thread.run([&] { names.reset(); });
    thread.stop();
  }
  LoopThread thread;
  std::optional<NameLookup> names;
};

}  // namespace

TEST_CASE("The system finds addresses, and says where there are none") {
  const auto found = pk::upstream::resolve_by_system("localhost", 81);
  REQUIRE(found);
  REQUIRE_FALSE(found->empty());
  for (const auto& endpoint : *found) {
    CHECK(endpoint.address().is_loopback());
    CHECK(endpoint.port() == 81);
  }
  CHECK(pk::upstream::resolve_by_system("127.1", 1).value() ==
        Addresses{{boost::asio::ip::address_v4::loopback(), 1}});
  const auto none = pk::upstream::resolve_by_system("no-such-host.invalid", 81);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::upstream);
  CHECK(none.error().message.find("cannot be resolved") != std::string::npos);
}

TEST_CASE("A silent name holds up no other") {
  SlowNames slow;
  Names n(slow.resolve());
  auto first = look_up(n.thread, *n.names, "slow");
  CHECK(look_up(n.thread, *n.names, "fast").get().value().size() == 1);
  CHECK(look_up(n.thread, *n.names, "nowhere").get().error().code == Errc::upstream);
  CHECK(first.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
  slow.open();
  CHECK(first.get().value().front().port() == 81);
}

TEST_CASE("An answer comes from the loop, not from within") {
  SlowNames slow;
  Names n(slow.resolve());
  bool within = true;
  std::promise<bool> told;
  n.thread.run([&] {
    n.names->start("fast", 1, [&](const Result<Addresses>&) { told.set_value(within); });
    within = false;
  });
  CHECK_FALSE(told.get_future().get());
}

TEST_CASE("Who goes is told nothing, and waits for nobody") {
  SlowNames slow;
  bool told = false;
  auto alive = std::make_shared<int>();
  {
    Names n(slow.resolve());
    n.thread.run(
        [&] { n.names->start("slow", 1, [&told, alive](const Result<Addresses>&) { told = true; }); });
    while (slow.running() == 0) std::this_thread::yield();
    n.thread.run([&] { n.names.reset(); });
    CHECK(alive.use_count() == 1);  // what waited went on the loop's thread
  }
  slow.open();  // the loop is gone
  CHECK_FALSE(told);
}

TEST_CASE("Who is told may end the look-up itself") {
  SlowNames slow;
  Names n(slow.resolve());
  std::promise<void> over;
  n.thread.run([&] {
    n.names->start("slow", 1, [](const Result<Addresses>&) { std::abort(); });
    n.names->start("fast", 1, [&](const Result<Addresses>&) {
      n.names.reset();
      over.set_value();
    });
  });
  over.get_future().get();
  slow.open();
}

TEST_CASE("A name is looked up once for all who ask for it meanwhile, each for a port of its own") {
  SlowNames slow;
  Names n(slow.resolve());
  std::vector<std::future<Result<Addresses>>> answers;
  for (std::uint16_t port = 1; port <= 300; ++port)
    answers.push_back(look_up(n.thread, *n.names, "slow", port));
  while (slow.running() == 0) std::this_thread::yield();
  CHECK(look_up(n.thread, *n.names, "fast").get());
  CHECK(slow.asked() == 1);
  slow.open();
  for (std::uint16_t port = 1; port <= 300; ++port)
    CHECK(answers[port - 1U].get().value().front().port() == port);
  CHECK(look_up(n.thread, *n.names, "slow").get());
  CHECK(slow.asked() == 2);
}

TEST_CASE("Who is told may end the look-up, and then the others are not told") {
  SlowNames slow;
  Names n(slow.resolve());
  std::promise<void> over;
  n.thread.run([&] {
    n.names->start("fast", 1, [&](const Result<Addresses>&) {
      n.names.reset();
      over.set_value();
    });
    n.names->start("fast", 1, [](const Result<Addresses>&) { std::abort(); });
  });
  over.get_future().get();
}

TEST_CASE("Where as many names are under way as may be, the next ones wait for their turn") {
  SlowNames slow;
  Names n(slow.resolve());
  std::vector<std::future<Result<Addresses>>> answers;
  for (int i = 0; i < k_lookups_max; ++i)
    answers.push_back(look_up(n.thread, *n.names, "slow-" + std::to_string(i)));
  while (slow.running() < k_lookups_max) std::this_thread::yield();
  answers.push_back(look_up(n.thread, *n.names, "fast"));
  answers.push_back(look_up(n.thread, *n.names, "slow-0"));
  for (int i = 0; i < 50; ++i)
    answers.push_back(look_up(n.thread, *n.names, "slow-too-" + std::to_string(i)));
  n.thread.run([] {});
  CHECK(slow.running() == k_lookups_max);
  for (const auto& answer : answers)
    CHECK(answer.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
  slow.open();
  for (auto& answer : answers) CHECK(answer.get());
  CHECK(slow.asked() == k_lookups_max + 50);
}

TEST_CASE("There is a limit to names that wait") {
  SlowNames slow;
  Names n(slow.resolve());
  const auto ignore = [](const Result<Addresses>&) {};
  n.thread.run([&] {
    for (std::size_t i = 0; i < k_lookups_max + k_lookups_queued_max; ++i)
      n.names->start("slow-" + std::to_string(i), 1, ignore);
  });
  CHECK(look_up(n.thread, *n.names, "fast").get().error().code == Errc::limit);
  CHECK(look_up(n.thread, *n.names, "other").get().error().code == Errc::limit);
  n.thread.run([&] { n.names.reset(); });
}
