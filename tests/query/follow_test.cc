#include "query/follow.h"

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/sample_ledger.h"

namespace pk::query {

namespace {

using test::sample_record;
using test::SampleLedger;

constexpr std::int64_t k_start = 1'772'357'400'000;

// A writer and a follower of one ledger, on a clock that tests move.
struct Play {
  Play() : env(ledger.open(store::Mode::read_write)), reader(env), clock(k_start) {}

  std::unique_ptr<store::LogWriter> writer() {
    store::WriterOptions options;
    options.open_rest = std::chrono::milliseconds(0);
    auto started = store::LogWriter::start(env, options);
    REQUIRE(started);
    return *std::move(started);
  }
  void write(const std::vector<log::LogRecord>& records) {
    const auto to = writer();
    for (const log::LogRecord& record : records) REQUIRE(to->close(record) != 0);
    to->stop();
  }
  Follow follow(std::string_view filter = "") {
    auto started = Follow::start(reader, parse_text(filter, k_start).value(), clock);
    REQUIRE(started);
    return *std::move(started);
  }
  static std::vector<Uuid> poll(Follow& follow) {
    std::vector<Uuid> ids;
    REQUIRE(follow.poll([&](const log::LogRecord& record) {
      ids.push_back(record.id);
      return true;
    }));
    return ids;
  }

  SampleLedger ledger;
  std::shared_ptr<store::Env> env;
  store::LogReader reader;
  test::FakeClock clock;
};

}  // namespace

TEST_CASE("Following gives each new record once, and none that was there") {
  Play play;
  play.write({sample_record(k_start - 2000, 1)});
  Follow follow = play.follow();
  CHECK(Play::poll(follow).empty());
  const auto a = sample_record(k_start, 2), b = sample_record(k_start + 1, 3);
  play.write({b, a});
  CHECK(Play::poll(follow) == std::vector<Uuid>{a.id, b.id});
  CHECK(Play::poll(follow).empty());
}

TEST_CASE("A record whose id lies before those already given is not lost") {
  Play play;
  Follow follow = play.follow();
  const auto late = sample_record(k_start - 5000, 1), first = sample_record(k_start, 2);
  play.write({first});
  CHECK(Play::poll(follow) == std::vector<Uuid>{first.id});
  play.write({late});
  CHECK(Play::poll(follow) == std::vector<Uuid>{late.id});
}

TEST_CASE("A request that was open for long is given when it ends") {
  Play play;
  const auto record = sample_record(k_start - 600'000, 1);
  const auto writer = play.writer();
  REQUIRE(writer->open(record) != 0);
  while (play.reader.open_ids().value().empty()) {
  }
  Follow follow = play.follow();
  CHECK(Play::poll(follow).empty());
  REQUIRE(writer->close(record) != 0);
  writer->stop();
  CHECK(Play::poll(follow) == std::vector<Uuid>{record.id});
  CHECK(Play::poll(follow).empty());
}

TEST_CASE("A follower that was away for long loses nothing") {
  Play play;
  Follow follow = play.follow();
  const auto record = sample_record(k_start + 1000, 1);
  play.write({record});
  play.clock.advance_ms(3'600'000);
  CHECK(Play::poll(follow) == std::vector<Uuid>{record.id});
}

TEST_CASE("Following filters, also by what is in bodies") {
  Play play;
  Follow follow = play.follow("user:ann \"hello\"");
  auto ann = sample_record(k_start, 1), bob = sample_record(k_start, 2), silent = sample_record(k_start, 3);
  ann.user = silent.user = "ann";
  silent.request->body = "{}";
  play.write({ann, bob, silent});
  CHECK(Play::poll(follow) == std::vector<Uuid>{ann.id});
}

TEST_CASE("What was shown by other means is passed over") {
  Play play;
  Follow follow = play.follow();
  const auto shown = sample_record(k_start, 1), other = sample_record(k_start, 2);
  play.write({shown, other});
  follow.pass_over(shown.id);
  CHECK(Play::poll(follow) == std::vector<Uuid>{other.id});
}

}  // namespace pk::query
