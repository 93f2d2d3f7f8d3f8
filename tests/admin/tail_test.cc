#include "admin/tail.h"

#include <future>

#include "support/catch.h"
#include "support/sample_ledger.h"

using namespace pk::admin;
using namespace pk::test;

namespace {

// A listener that waits for what a test wants to see.
struct Ear {
  Ear(Tail& tail, pk::query::Filter filter = {}) {
    listener = tail.listen(std::move(filter), [this] {
      std::lock_guard lock(mutex);
      rung = true;
      changed.notify_one();
    });
  }
  // Takes news until `until` holds for all that was taken.
  template <class F>
  void wait(F until) {
    while (!until()) {
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return rung; });
        rung = false;
      }
      TailNews news = listener->take();
      for (TailEvent& event : news.events) events.push_back(std::move(event));
      watching = watching || news.watching;
      dropped = dropped || news.dropped;
      over = over || news.over;
    }
  }

  std::mutex mutex;
  std::condition_variable changed;
  bool rung = false;
  bool watching = false, dropped = false, over = false;
  std::vector<TailEvent> events;
  std::shared_ptr<Listener> listener;
};

struct Watched {
  Watched() {
    env = ledger.open(pk::store::Mode::read_write);
    writer = *pk::store::LogWriter::start(env);
    tail.emplace(env, clock);
  }
  pk::log::Sink::Seq write(unsigned n, const std::string& model = "gpt-4o-mini") {
    pk::log::LogRecord record = sample_record(clock.wall_ms(), n);
    record.model = record.requested_model = model;
    return writer->close(record);
  }
  SampleLedger ledger;
  pk::SystemClock clock;
  std::shared_ptr<pk::store::Env> env;
  std::unique_ptr<pk::store::LogWriter> writer;
  std::optional<Tail> tail;
};

}  // namespace

TEST_CASE_METHOD(Watched, "Every listener is told what it asked for, once it is watched for") {
  const auto before = write(1);
  while (!writer->is_kept(before)) std::this_thread::yield();
  pk::query::Filter one_model;
  REQUIRE(pk::query::add(one_model, "model", "gpt-4o", 0));
  Ear all(*tail), some(*tail, one_model);
  all.wait([&] { return all.watching; });
  some.wait([&] { return some.watching; });
  for (unsigned n = 2; n < 12; ++n) write(n, n == 5 ? "gpt-4o" : "other");
  all.wait([&] { return all.events.size() == 10; });
  some.wait([&] { return some.events.size() == 1; });
  CHECK(some.events[0].json.find(R"("model":"gpt-4o")") != std::string::npos);
  CHECK(some.events[0].json.find(R"("request":)") == std::string::npos);
}

TEST_CASE_METHOD(Watched, "Who takes nothing is dropped, and holds no more than its bound") {
  Ear slow(*tail), quick(*tail);
  slow.wait([&] { return slow.watching; });
  quick.wait([&] { return quick.watching; });
  constexpr unsigned k_many = 1'500;  // of about 1.2 kB
  for (unsigned n = 0; n < k_many; ++n) write(n);
  quick.wait([&] { return quick.events.size() == k_many; });
  slow.wait([&] { return slow.dropped; });
  CHECK(slow.events.empty());
}

TEST_CASE_METHOD(Watched, "At the end every listener is told, and nobody can listen any more") {
  Ear ear(*tail);
  tail->stop();
  ear.wait([&] { return ear.over; });
  CHECK_FALSE(tail->listen({}, [] {}));
}

TEST_CASE_METHOD(Watched, "There is a limit to listeners, and who lets go makes room") {
  std::vector<std::shared_ptr<Listener>> listeners;
  for (std::size_t i = 0; i < k_listeners_max; ++i) {
    listeners.push_back(tail->listen({}, [] {}));
    REQUIRE(listeners.back());
  }
  CHECK_FALSE(tail->listen({}, [] {}));
  listeners.clear();
  CHECK(tail->listen({}, [] {}));
}

TEST_CASE("Without a ledger nobody can listen") {
  const pk::SystemClock clock;
  Tail tail(nullptr, clock);
  CHECK_FALSE(tail.listen({}, [] {}));
}
