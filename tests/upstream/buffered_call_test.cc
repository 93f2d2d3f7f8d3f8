// A call whose carrier is the test: what comes, when, and what the reader is told of it.
#include "upstream/buffered_call.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/fake_upstream.h"

using namespace pk::upstream;
using namespace std::chrono_literals;
using pk::Errc;
using pk::Error;
using pk::Result;
using pk::Task;
using pk::test::gzip_stored;
using std::chrono::steady_clock;

namespace {

class FakeCall final : public BufferedCall {
 public:
  FakeCall(const Options& options, RunningCalls& running, Request request = {})
      : BufferedCall(options, running, std::move(request)) {}

  // What a carrier does, in the order it does it.
  void bring_head(int status, bool gzip = false) {
    BodyFacts facts;
    facts.gzip = gzip;
    head_moved({status, {}}, facts);
    wake();
  }
  void bring(std::string_view bytes) {
    body_moved().append(bytes);
    if (full()) paused();
    wake();
  }
  void finish(std::optional<Error> error = {}) {
    finished(std::move(error));
    wake();
  }
  using BufferedCall::end;
  using BufferedCall::full;
  using BufferedCall::is_done;
  using BufferedCall::is_head_done;
  using BufferedCall::sent;

  int detached = 0, resumed = 0, ticks = 0;
  std::string held_back;  // brought by resume(), as curl does
  bool ends_at_tick = false;

 private:
  void detach() override { ++detached; }
  void resume() override {
    ++resumed;
    if (!held_back.empty()) body_moved().append(std::exchange(held_back, {}));
  }
  void tick(SteadyTime) override {
    ++ticks;
    if (ends_at_tick) end({Errc::timeout, "ticked"});
  }
};

struct Fixture {
  Options options;
  RunningCalls running;
  Fixture() { options.limits.buffer_bytes_max = 10; }
  FakeCall start(Request request = {}) { return FakeCall(options, running, std::move(request)); }
};

Request with_first_byte_timeout(std::int64_t ms) {
  Request request;
  request.first_byte_timeout_ms = ms;
  return request;
}

// What a reader was given, piece by piece, as far as it got.
struct Read {
  bool head_told = false;
  int status = 0;
  std::vector<std::string> pieces;
  bool ended_at_last = false;  // ended() behind the last piece
  bool over = false;
  std::optional<Error> error;

  std::string body() const {
    std::string all;
    for (const std::string& piece : pieces) all += piece;
    return all;
  }
};

Task<void> read_into(Read& read, BufferedCall& call) {
  auto head = co_await call.head();
  read.head_told = true;
  if (head) read.status = (*head)->status;
  if (!head) read.error = head.error();
  while (!read.error && !read.over) {
    auto piece = co_await call.read();
    if (!piece)
      read.error = piece.error();
    else if (piece->empty())
      read.over = true;
    else
      read.pieces.emplace_back(*piece);
    if (piece && !piece->empty()) read.ended_at_last = call.ended();
  }
}

// One read, which does not wait: what is there is there.
struct One {
  bool came = false;
  std::string piece;
  std::optional<Error> error;
};
Task<void> read_one_into(One& one, BufferedCall& call) {
  auto piece = co_await call.read();
  one.came = true;
  if (piece)
    one.piece = *piece;
  else
    one.error = piece.error();
}
One read_one(BufferedCall& call) {
  One one;
  read_one_into(one, call).detach();
  REQUIRE(one.came);
  return one;
}

}  // namespace

TEST_CASE("A reader is told what comes as it comes") {
  Fixture f;
  FakeCall call = f.start();
  Read read;
  read_into(read, call).detach();
  CHECK_FALSE(read.head_told);
  call.bring_head(201);
  CHECK(read.status == 201);
  call.bring("one");
  call.bring("two");
  CHECK(read.pieces == std::vector<std::string>{"one", "two"});
  CHECK_FALSE(read.over);
  call.finish();
  CHECK(read.over);
  CHECK_FALSE(read.ended_at_last);
  CHECK(call.ended());
}

TEST_CASE("What came before it was asked for is there, in one piece") {
  Fixture f;
  FakeCall call = f.start();
  call.bring_head(200);
  call.bring("one");
  call.bring("two");
  call.finish();
  CHECK_FALSE(call.ended());
  Read read;
  read_into(read, call).detach();
  CHECK(read.pieces == std::vector<std::string>{"onetwo"});
  CHECK(read.ended_at_last);
  CHECK(read.over);
}

TEST_CASE("A call that ends before its head has an error, the carrier's own if it has one") {
  Fixture f;
  for (const bool has_error : {false, true}) {
    FakeCall call = f.start();
    Read read;
    read_into(read, call).detach();
    call.finish(has_error ? std::optional(Error{Errc::limit, "too much"}) : std::nullopt);
    REQUIRE(read.error);
    CHECK(read.error->code == (has_error ? Errc::limit : Errc::upstream));
  }
}

TEST_CASE("An error comes behind what came before it") {
  Fixture f;
  FakeCall call = f.start();
  call.bring_head(200);
  call.bring("some");
  call.finish(Error{Errc::upstream, "cut"});
  CHECK_FALSE(call.ended());
  Read read;
  read_into(read, call).detach();
  CHECK(read.status == 200);
  CHECK(read.body() == "some");
  CHECK(read.error.value().message == "cut");
  CHECK_FALSE(read.ended_at_last);
  CHECK(read_one(call).error.value().message == "cut");
}

TEST_CASE("A carrier that is full goes on when its reader has taken all there was") {
  Fixture f;
  FakeCall call = f.start();
  call.bring_head(200);
  call.bring("123456789");
  CHECK_FALSE(call.full());
  call.bring("0");
  CHECK(call.full());
  CHECK(read_one(call).piece == "1234567890");
  CHECK_FALSE(call.full());
  CHECK(call.resumed == 0);
  call.held_back = "more";
  CHECK(read_one(call).piece == "more");
  CHECK(call.resumed == 1);
  One one;
  read_one_into(one, call).detach();
  CHECK(call.resumed == 1);  // it was not full again
  CHECK_FALSE(one.came);
  call.finish();
  CHECK(one.came);
  CHECK(one.piece.empty());
}

TEST_CASE("A coded body is read as what it stands for, and is whole only with its end") {
  const std::string text = "a text that is longer than the buffer";
  const std::string packed = gzip_stored(text);
  Fixture f;
  f.options.limits.buffer_bytes_max = 1000;
  for (std::size_t size = 1; size <= packed.size(); ++size) {
    INFO(size << " of " << packed.size() << " bytes");
    FakeCall call = f.start();
    Read read;
    read_into(read, call).detach();
    call.bring_head(200, true);
    for (std::size_t at = 0; at < size; ++at) call.bring(packed.substr(at, 1));
    call.finish();
    CHECK(text.starts_with(read.body()));
    CHECK(read.over == (size == packed.size()));
    CHECK(call.ended() == read.over);
    if (!read.over) CHECK(read.error.value().message.find("cut") != std::string::npos);
  }
}

TEST_CASE("The end of a coded body is known when its last bytes are given") {
  Fixture f;
  FakeCall call = f.start();
  call.bring_head(200, true);
  call.bring(gzip_stored("text"));
  call.finish();
  Read read;
  read_into(read, call).detach();
  CHECK(read.body() == "text");
  CHECK(read.ended_at_last);
}

TEST_CASE("A coding that is broken ends the call, be its transfer over or not") {
  Fixture f;
  for (const bool over : {false, true}) {
    FakeCall call = f.start();
    call.bring_head(200, true);
    call.bring("no gzip");
    if (over) call.finish();
    CHECK(call.detached == 0);
    CHECK(read_one(call).error.value().message.find("coding is broken") != std::string::npos);
    CHECK(call.detached > 0);
    CHECK(call.is_done());
    CHECK_FALSE(call.ended());
    CHECK(read_one(call).error.value().code == Errc::upstream);
  }
}

TEST_CASE("A cancelled call tells who waits at once, and forgets what it had") {
  Fixture f;
  FakeCall call = f.start();
  Read read;
  read_into(read, call).detach();
  call.cancel();
  CHECK(read.error.value().code == Errc::cancelled);
  CHECK(call.detached == 1);

  FakeCall later = f.start();
  later.bring_head(200);
  later.bring("unread");
  later.cancel();
  later.cancel();
  CHECK(later.detached == 1);
  CHECK(read_one(later).error.value().code == Errc::cancelled);
}

TEST_CASE("A call that came whole stays whole when it is cancelled") {
  Fixture f;
  FakeCall call = f.start();
  call.bring_head(200);
  call.bring("all");
  call.finish();
  call.cancel();
  CHECK(call.detached == 0);
  CHECK(read_one(call).piece == "all");
  CHECK(call.ended());
}

TEST_CASE("Whoever is told may destroy the call") {
  Fixture f;
  using Act = void (*)(FakeCall&);
  const std::vector<Act> acts = {
      [](FakeCall& call) { call.bring_head(200); },
      [](FakeCall& call) {
        call.finish(Error{Errc::upstream, "no"});
      },
      [](FakeCall& call) { call.cancel(); },
      [](FakeCall& call) { call.check_deadline(steady_clock::now() + 24h); },
      [](FakeCall& call) {
        call.ends_at_tick = true;
        call.check_deadline(steady_clock::now());
      },
  };
  for (const Act act : acts) {
    auto call = std::make_unique<FakeCall>(f.options, f.running);
    FakeCall& alive = *call;
    [](std::unique_ptr<FakeCall>& own) -> Task<void> {
      auto head = co_await own->head();
      own.reset();
    }(call)
                                              .detach();
    act(alive);
    CHECK_FALSE(call);
    CHECK(f.running.empty());
  }
}

TEST_CASE("A head has a time of its own") {
  Fixture f;
  FakeCall call = f.start(with_first_byte_timeout(1000));
  Read read;
  read_into(read, call).detach();
  call.check_deadline(steady_clock::now() + 500ms);
  CHECK_FALSE(read.error);
  call.check_deadline(steady_clock::now() + 1000ms);
  CHECK(read.error.value().code == Errc::timeout);
  CHECK(read.error->message == "no answer within 1000 ms");
  CHECK(call.detached == 1);

  FakeCall in_time = f.start(with_first_byte_timeout(1000));
  in_time.bring_head(200);
  in_time.check_deadline(steady_clock::now() + 2000ms);
  CHECK_FALSE(in_time.is_done());

  FakeCall without = f.start();
  without.check_deadline(steady_clock::now() + 2000ms);
  CHECK_FALSE(without.is_done());
}

TEST_CASE("Silence ends a call, unless it waits for its reader") {
  Fixture f;
  f.options.limits.silence_timeout_ms = 60'000;
  FakeCall call = f.start();
  call.bring_head(200);
  call.bring("1234567890");  // full
  const auto far = steady_clock::now() + 1h;
  call.check_deadline(far);
  CHECK_FALSE(call.is_done());
  CHECK(read_one(call).piece == "1234567890");
  One one;
  read_one_into(one, call).detach();
  call.check_deadline(far + 59s);  // since the last look it was the provider's turn
  CHECK_FALSE(one.came);
  call.check_deadline(far + 61s);
  CHECK(one.error.value().code == Errc::timeout);
  CHECK(one.error->message == "the provider was silent for 60 s");
}

TEST_CASE("What comes and what is sent both break the silence") {
  Fixture f;
  f.options.limits.silence_timeout_ms = 3'600'000;
  using Act = void (*)(FakeCall&);
  for (const Act act :
       std::vector<Act>{[](FakeCall& call) { call.sent(); }, [](FakeCall& call) { call.bring_head(200); },
                        [](FakeCall& call) { call.bring("x"); }}) {
    FakeCall call = f.start();
    const auto far = steady_clock::now() + 2h;
    act(call);
    call.check_deadline(far);  // the first tick after it: silence counts from here
    CHECK_FALSE(call.is_done());
    call.check_deadline(far + 59min);
    CHECK_FALSE(call.is_done());
    call.check_deadline(far + 1h);
    CHECK(call.is_done());
  }
}

TEST_CASE("A carrier is ticked while its call is under way") {
  Fixture f;
  FakeCall call = f.start();
  call.check_deadline(steady_clock::now());
  call.check_deadline(steady_clock::now());
  CHECK(call.ticks == 2);
  call.finish();
  call.check_deadline(steady_clock::now() + 24h);
  CHECK(call.ticks == 2);
  CHECK_FALSE(call.is_head_done());
}

TEST_CASE("The list of calls holds those that live, in whatever order they leave") {
  Fixture f;
  auto one = std::make_unique<FakeCall>(f.options, f.running);
  auto two = std::make_unique<FakeCall>(f.options, f.running);
  auto three = std::make_unique<FakeCall>(f.options, f.running);
  REQUIRE(f.running.size() == 3);
  one.reset();
  CHECK(std::count(f.running.begin(), f.running.end(), two.get()) == 1);
  CHECK(std::count(f.running.begin(), f.running.end(), three.get()) == 1);
  three.reset();
  CHECK(f.running == RunningCalls{two.get()});
  two.reset();
  CHECK(f.running.empty());
}
