#include "query/run.h"

#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::query {

namespace {

using test::sample_record;
using test::SampleLedger;

constexpr std::int64_t k_start = 1'772'357'400'000;

// A record a second, `n` of them, ids in order; every third of user "cid".
std::vector<log::LogRecord> records(unsigned n) {
  std::vector<log::LogRecord> out;
  for (unsigned i = 0; i < n; ++i) {
    out.push_back(sample_record(k_start + i * 1000, i));
    if (i % 3 == 0) out.back().user = "cid";
  }
  return out;
}

// The ids' numbers that a query gives.
std::vector<unsigned> numbers(const store::LogReader& reader, const Query& query, Page* page = nullptr) {
  std::vector<unsigned> out;
  const auto done = run(reader, query, [&](const log::LogRecord& record) {
    out.push_back(static_cast<unsigned>((record.created_at - k_start) / 1000));
    return true;
  });
  if (!done) FAIL(done.error().message);
  CHECK(done->rows == out.size());
  if (page) *page = *done;
  return out;
}

Filter filter(std::string_view text) {
  const auto parsed = parse_text(text, k_start);
  if (!parsed) FAIL(parsed.error().message);
  return *parsed;
}

}  // namespace

TEST_CASE("A query gives the newest first, at most its limit, and where to go on") {
  const SampleLedger ledger;
  ledger.write(records(10));
  const store::LogReader reader(ledger.open());
  Page page;
  CHECK(numbers(reader, {.limit = 4}, &page) == std::vector<unsigned>{9, 8, 7, 6});
  REQUIRE(page.next);
  CHECK(numbers(reader, {.limit = 4, .after = page.next}, &page) == std::vector<unsigned>{5, 4, 3, 2});
  CHECK(numbers(reader, {.limit = 4, .after = page.next}, &page) == std::vector<unsigned>{1, 0});
  CHECK_FALSE(page.next);
  CHECK(numbers(reader, {.limit = 10}, &page).size() == 10);
  CHECK_FALSE(page.next);
}

TEST_CASE("A query goes oldest first where asked, and a limit of 0 is all") {
  const SampleLedger ledger;
  ledger.write(records(5));
  const store::LogReader reader(ledger.open());
  const auto oldest = store::Order::oldest_first;
  Page page;
  CHECK(numbers(reader, {.limit = 2, .order = oldest}, &page) == std::vector<unsigned>{0, 1});
  CHECK(numbers(reader, {.limit = 0, .after = page.next, .order = oldest}) == std::vector<unsigned>{2, 3, 4});
  CHECK(numbers(reader, {.limit = 0}) == std::vector<unsigned>{4, 3, 2, 1, 0});
}

TEST_CASE("A query passes over the first matches where asked, whatever finds them") {
  const SampleLedger ledger;
  auto some = records(9);
  for (const unsigned i : {1u, 4u, 6u, 7u}) some[i].trace_id = "session";
  ledger.write(some);
  const store::LogReader reader(ledger.open());
  Page page;
  CHECK(numbers(reader, {.limit = 2, .skip = 3}, &page) == std::vector<unsigned>{5, 4});
  CHECK(numbers(reader, {.limit = 2, .after = page.next, .skip = 2}, &page) == std::vector<unsigned>{1, 0});
  CHECK_FALSE(page.next);
  CHECK(numbers(reader, {.skip = 9}).empty());
  CHECK(numbers(reader, {.filter = filter("user:cid"), .skip = 1, .order = store::Order::oldest_first}) ==
        std::vector<unsigned>{3, 6});
  CHECK(numbers(reader, {.filter = filter("trace-id:session"), .skip = 2}) == std::vector<unsigned>{4, 1});
  CHECK(numbers(reader, {.filter = filter("hello"), .limit = 2, .skip = 6}) == std::vector<unsigned>{2, 1});
  CHECK(numbers(reader, {.filter = filter("since:2026-03-01T09:30:04Z"), .skip = 4}) ==
        std::vector<unsigned>{4});
}

TEST_CASE("A limit counts what matches, over many pages of the reader") {
  const SampleLedger ledger;
  ledger.write(records(3000));
  const store::LogReader reader(ledger.open());
  Page page;
  CHECK(numbers(reader, {.filter = filter("user:cid"), .limit = 3}, &page) ==
        std::vector<unsigned>{2997, 2994, 2991});
  REQUIRE(page.next);
  CHECK(numbers(reader, {.filter = filter("user:cid"), .limit = 0}).size() == 1000);
  CHECK(numbers(reader, {.filter = filter("user:dan"), .limit = 1}).empty());
  CHECK(numbers(reader, {.filter = filter("since:2026-03-01T09:30:10Z until:2026-03-01T09:30:13Z"),
                         .limit = 0}) == std::vector<unsigned>{12, 11, 10});
}

TEST_CASE("A search looks into bodies, and rows have content where it is asked for") {
  const SampleLedger ledger;
  auto some = records(4);
  some[2].response->body = R"({"choices":[{"message":{"content":"A Needle in it"}}]})";
  ledger.write(some);
  const store::LogReader reader(ledger.open());
  CHECK(numbers(reader, {.filter = filter("\"needle\"")}) == std::vector<unsigned>{2});
  CHECK(numbers(reader, {.filter = filter("hello")}).size() == 4);
  bool has_content = false;
  REQUIRE(run(reader, {.limit = 1, .content = true}, [&](const log::LogRecord& record) {
    has_content = record.request && record.response;
    return true;
  }));
  CHECK(has_content);
}

TEST_CASE("Records of a trace are found in order, within the other terms, limit and place") {
  const SampleLedger ledger;
  auto some = records(9);
  for (const unsigned i : {1u, 4u, 6u, 7u}) some[i].trace_id = "session one";
  some[8].trace_id = "two";
  ledger.write(some);
  const store::LogReader reader(ledger.open());
  Page page;
  CHECK(numbers(reader, {.filter = filter("trace-id:\"session one\""), .limit = 3}, &page) ==
        std::vector<unsigned>{7, 6, 4});
  CHECK(numbers(reader, {.filter = filter("trace-id:\"session one\""), .limit = 3, .after = page.next}) ==
        std::vector<unsigned>{1});
  CHECK(numbers(reader, {.filter = filter("trace-id:\"session one\" trace-id:two user:cid"),
                         .order = store::Order::oldest_first}) == std::vector<unsigned>{6});
  CHECK(numbers(reader, {.filter = filter("trace-id:" + some[2].id.text())}) == std::vector<unsigned>{2});
  CHECK(numbers(reader, {.filter = filter("trace-id:none")}).empty());
}

TEST_CASE("A visitor that has enough ends the query") {
  const SampleLedger ledger;
  ledger.write(records(5));
  const store::LogReader reader(ledger.open());
  int visits = 0;
  const auto page = run(reader, {}, [&](const log::LogRecord&) { return ++visits < 2; });
  REQUIRE(page);
  CHECK(visits == 2);
  CHECK(page->rows == 2);
}

TEST_CASE("An id is found by itself, by a part of it, and by its place") {
  const SampleLedger ledger;
  auto some = records(3);
  some.push_back(sample_record(k_start + 3000, 0xabcdef12));
  ledger.write(some);
  const store::LogReader reader(ledger.open());
  CHECK(resolve_id(reader, some[1].id.text()).value() == some[1].id);
  CHECK(resolve_id(reader, "abcdef12").value() == some[3].id);
  CHECK(resolve_id(reader, "ABCDEF12").value() == some[3].id);
  CHECK(resolve_id(reader, some[3].id.text().substr(0, 13)).value() == some[3].id);
  CHECK(resolve_id(reader, "@latest").value() == some[3].id);
  CHECK(resolve_id(reader, "@1").value() == some[3].id);
  CHECK(resolve_id(reader, "@4").value() == some[0].id);
}

TEST_CASE("An id that names none or several says so") {
  const SampleLedger ledger;
  ledger.write(records(8));
  const store::LogReader reader(ledger.open());
  const auto error = [&](std::string_view text) {
    const auto id = resolve_id(reader, text);
    REQUIRE_FALSE(id);
    return id.error();
  };
  const Error ambiguous = error("00000000000");
  CHECK(ambiguous.code == Errc::invalid);
  CHECK(ambiguous.message.find("it could be " + records(8)[7].id.text()) != std::string::npos);
  CHECK(ambiguous.message.find(records(8)[3].id.text() + " …") != std::string::npos);  // five of the eight
  CHECK(error("00000").code == Errc::invalid);
  CHECK(error("00000").message.find("too short") != std::string::npos);
  CHECK(error("").code == Errc::invalid);
  CHECK(error("zz").code == Errc::invalid);
  CHECK(error("abcdef99").code == Errc::not_found);
  CHECK(error("no-such-log").code == Errc::not_found);
  CHECK(error("@9").code == Errc::not_found);
  CHECK(error("@0").code == Errc::invalid);
  CHECK(error("@x").code == Errc::invalid);
  CHECK(error("@").code == Errc::invalid);
}

TEST_CASE("A term that takes a log id gets the whole one") {
  const SampleLedger ledger;
  auto some = records(2);
  some[1].replay_of = some[0].id;
  ledger.write(some);
  const store::LogReader reader(ledger.open());
  Filter replays = filter("replay-of:@2");
  REQUIRE(resolve_ids(reader, replays));
  CHECK(numbers(reader, {.filter = replays}) == std::vector<unsigned>{1});
  Filter none = filter("replay-of:@7");
  CHECK_FALSE(resolve_ids(reader, none));
}

}  // namespace pk::query
