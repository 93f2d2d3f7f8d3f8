#include "admin/tail_routes.h"

#include <condition_variable>
#include <mutex>

#include "admin/fixture.h"

using namespace pk::test;

namespace {

// What comes down the line, seen by a test while it comes.
struct Stream final : pk::http::Responder {
  void head(const pk::http::ResponseHead& head) override { status = head.status; }
  void body(std::string_view piece) override {
    const std::lock_guard lock(mutex);
    text += piece;
    changed.notify_one();
  }
  void end() override {
    const std::lock_guard lock(mutex);
    ended = true;
    changed.notify_one();
  }
  pk::Task<bool> flush() override { co_return !left; }
  void cut() override { end(); }
  void unstage() override {}
  bool head_sent() const override { return false; }
  bool client_left() const override { return left; }
  void on_client_left(std::function<void()> then) override { on_left = std::move(then); }

  void wait_for(std::string_view words) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return text.find(words) != std::string::npos || ended; });
    CHECK(text.find(words) != std::string::npos);
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::string text;
  int status = 0;
  bool ended = false, left = false;
  std::function<void()> on_left;
};

struct Listening {
  Listening(ControlPlaneFixture& on, const std::string& query, pk::http::Headers headers = {}) : plane(on) {
    request.method = "GET";
    request.target = "/v1/logs/tail" + query;
    request.headers = std::move(headers);
    plane.thread.run([this] { run(*plane.plane, request, stream, over).detach(); });
  }
  void leave() {
    plane.thread.run([this] {
      stream.left = true;
      if (const auto left = std::move(stream.on_left)) left();
    });
    over.get_future().wait();
  }
  static pk::Task<void> run(pk::http::Handler& handler, pk::http::Request& request,
                            pk::http::Responder& stream, std::promise<void>& over) {
    co_await handler.handle(request, stream);
    over.set_value();
  }

  ControlPlaneFixture& plane;
  pk::http::Request request;
  Stream stream;
  std::promise<void> over;
};

pk::log::LogRecord record_now(const ControlPlaneFixture& plane, unsigned n) {
  return sample_record(plane.clock.wall_ms(), n);
}

}  // namespace

TEST_CASE("A log is told as an event with its id as soon as it is written, until the listener leaves") {
  ControlPlaneFixture plane;
  Listening listening(plane, "");
  listening.stream.wait_for(": listening\n\n");
  const auto record = record_now(plane, 1);
  plane.writer->close(record);
  listening.stream.wait_for("event: log\nid: " + record.id.text() + "\ndata: {\"id\":");
  CHECK(listening.stream.status == 200);
  listening.leave();
}

TEST_CASE("Who comes back with the last id gets what was written meanwhile") {
  ControlPlaneFixture plane;
  const auto first = record_now(plane, 1);
  auto second = sample_record(first.created_at - 5'000, 2);
  second.latency_ms = 60'000;  // began before the first, and ended long after it
  plane.writer->close(first);
  plane.until_written(plane.writer->close(second));
  Listening listening(plane, "", {{"Last-Event-ID", first.id.text()}});
  listening.stream.wait_for("id: " + second.id.text());
  CHECK(listening.stream.text.find("id: " + first.id.text()) == std::string::npos);
  listening.leave();
}

TEST_CASE("At the server's end the stream ends by itself") {
  ControlPlaneFixture plane;
  Listening listening(plane, "");
  listening.stream.wait_for(": listening\n\n");
  plane.tail->stop();
  listening.over.get_future().wait();
  CHECK(listening.stream.ended);
}

TEST_CASE("A filter that is none is 400, and HEAD does not wait for anything") {
  ControlPlaneFixture plane;
  CHECK(plane.ask("GET", "/v1/logs/tail?nonsense=1").status() == 400);
  const Answered head = plane.ask("HEAD", "/v1/logs/tail");
  CHECK(head.status() == 200);
  CHECK(head.header("content-type") == "text/event-stream");
  ControlPlaneFixture none({}, false);
  CHECK(none.ask("GET", "/v1/logs/tail").status() == 503);
}

TEST_CASE("Who may no longer read is told nothing more") {
  ControlPlaneFixture plane;
  Listening listening(plane, "");
  listening.stream.wait_for(": listening\n\n");
  plane.thread.run([&] { plane.guard.refuses = 401; });  // its API key was removed
  const auto record = record_now(plane, 1);
  plane.writer->close(record);
  listening.over.get_future().wait();
  CHECK(listening.stream.ended);
  CHECK(listening.stream.text.find(record.id.text()) == std::string::npos);
}
