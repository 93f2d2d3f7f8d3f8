#include "admin/insert_routes.h"

#include <future>

#include "admin/fixture.h"
#include "store/txn.h"

using namespace pk::test;

namespace {

std::string log_of(const std::string& more) {
  return R"({"request":{"url":"/v1/chat/completions","body":{"model":"m"}},"response":{"body":{"id":"x"}})" +
         more + "}";
}

std::string array_of(std::size_t count, const std::string& more) {
  std::string array = "[" + log_of(more);
  while (--count > 0) array += "," + log_of(more);
  return array + "]";
}

// Has the ledger's lock, so that nothing is written, until released.
class Hold {
 public:
  explicit Hold(pk::store::Env& env) : m_thread([&] { run(env); }) { m_held.get_future().wait(); }
  ~Hold() { release(); }
  void release() {
    if (!m_thread.joinable()) return;
    m_over.set_value();
    m_thread.join();
  }

 private:
  void run(pk::store::Env& env) {
    const auto txn = pk::store::WriteTxn::begin(env);
    m_held.set_value();
    m_over.get_future().wait();
  }
  std::promise<void> m_held, m_over;
  std::thread m_thread;
};

}  // namespace

TEST_CASE("A log that was put in is there when the answer comes, where its time says") {
  ControlPlaneFixture plane;
  const Answered put = plane.ask("POST", "/v1/logs", log_of(R"(,"created_at":"2026-02-01T00:00:00Z")"));
  CHECK(put.status() == 200);
  CHECK(put.text.starts_with(R"({"status":"success","ids":[")"));
  const Answered shown = plane.ask("GET", "/v1/logs/@latest");
  CHECK(shown.text.find(R"("created_at":"2026-02-01T00:00:00.000Z")") != std::string::npos);
  CHECK(shown.text.find(R"("total_tokens":7)") != std::string::npos);
  const Answered two = plane.ask("POST", "/v1/logs", "[" + log_of("") + "," + log_of("") + "]");
  CHECK(std::ranges::count(two.text, ',') == 2);
  CHECK(plane.ask("GET", "/v1/logs/count").text == R"({"count":3})");
}

TEST_CASE("An array with a bad one is not taken at all") {
  ControlPlaneFixture plane;
  CHECK(plane.ask("POST", "/v1/logs", "[" + log_of("") + ",{}]").status() == 400);
  CHECK(plane.ask("POST", "/v1/logs", "{bad").status() == 400);
  CHECK(plane.ask("GET", "/v1/logs/count").text == R"({"count":0})");
}

TEST_CASE("Of a caller that is not tracked no content is kept, and without a ledger it is 503") {
  ControlPlaneFixture plane;
  plane.guard.caller.tracked = false;
  CHECK(plane.ask("POST", "/v1/logs", log_of("")).status() == 200);
  const Answered shown = plane.ask("GET", "/v1/logs/@latest");
  CHECK(shown.text.find(R"("request":null)") != std::string::npos);
  CHECK(shown.text.find(R"("tracked":false)") != std::string::npos);
  ControlPlaneFixture none({}, false);
  CHECK(none.ask("POST", "/v1/logs", log_of("")).status() == 503);
}

TEST_CASE("An array that the queue has no room for is not taken at all, and one that it has comes in whole") {
  pk::store::WriterOptions small;
  small.queue_bytes_max = 40'000;
  ControlPlaneFixture plane({}, true, small);
  Hold hold(*plane.env);
  const auto first = plane.writer->close(sample_record(1'772'000'000'000, 1));
  REQUIRE(first > 0);
  auto asked =
      std::async(std::launch::async, [&] { return plane.ask("POST", "/v1/logs", array_of(90, "")); });
  const auto is_over = [&] { return asked.wait_for(std::chrono::seconds(0)) == std::future_status::ready; };
  while (!is_over() && plane.writer->stats().records_lost == 0) std::this_thread::yield();
  hold.release();
  const Answered refused = asked.get();
  CHECK(refused.status() == 503);
  CHECK(refused.header("retry-after") == "1");
  plane.until_written(first);
  CHECK(plane.ask("GET", "/v1/logs/count").text == R"({"count":1})");
  CHECK(plane.writer->stats().records_lost == 0);
  // Of an empty queue any array is taken, with its bodies.
  CHECK(plane.ask("POST", "/v1/logs", array_of(90, "")).status() == 200);
  CHECK(plane.ask("GET", "/v1/logs/count").text == R"({"count":91})");
  CHECK(plane.writer->stats().bodies_dropped == 0);
}

TEST_CASE("The answer waits until a log is on disk, however long that takes") {
  ControlPlaneFixture plane;
  plane.waits_in_vain = true;
  Hold hold(*plane.env);
  auto asked = std::async(std::launch::async, [&] { return plane.ask("POST", "/v1/logs", log_of("")); });
  const auto is_over = [&] { return asked.wait_for(std::chrono::seconds(0)) == std::future_status::ready; };
  while (!is_over() && plane.waits < 3) std::this_thread::yield();
  CHECK_FALSE(is_over());
  hold.release();
  CHECK(asked.get().status() == 200);
}
