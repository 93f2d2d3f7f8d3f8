#include "query/body_search.h"

#include "base/json.h"
#include "base/rng.h"
#include "query/run.h"
#include "query/search.h"
#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::query {

namespace {

using test::sample_record;

constexpr std::int64_t k_time = 1'772'357'400'000;

Filter parsed(std::string_view text) {
  const auto filter = parse_text(text, 0);
  if (!filter) FAIL(filter.error().message);
  return *filter;
}

// Turns of a conversation, each with all that was said before it: their bodies are chains of shared nodes.
std::vector<log::LogRecord> conversation(unsigned turns) {
  std::vector<log::LogRecord> records;
  std::string history =
      R"({"model":"gpt-4o","messages":[{"role":"system","content":")" + std::string(3000, 's') + "\"}";
  for (unsigned i = 0; i < turns; ++i) {
    history += R"(,{"role":"user","content":"turn)" + std::to_string(i) + " \\\"caf\\u00e9\\\"\\n" +
               std::string(600, 'x') + "\"}";
    records.push_back(sample_record(k_time + i, i));
    records.back().request->body = history + "],\"n\":" + std::to_string(i) + "}";
  }
  return records;
}

struct Ledger {
  explicit Ledger(const std::vector<log::LogRecord>& given) : records(given) {
    ledger.write(records);
    env = ledger.open();
  }
  // The search says of each record what the plain definition says.
  void check(std::string_view text) const {
    const Filter filter = parsed(text);
    SearchedTexts texts(filter);
    BodySearch search(env, texts);
    for (const log::LogRecord& record : records) {
      CAPTURE(text, record.id.text());
      const auto found = search.matches(record.id);
      REQUIRE(found);
      CHECK(*found == matches_content(filter, record));
    }
    search.rest();
  }
  test::SampleLedger ledger;
  std::vector<log::LogRecord> records;
  std::shared_ptr<store::Env> env;
};

}  // namespace

TEST_CASE("A conversation's pieces are searched once, and across their cuts") {
  const Ledger ledger(conversation(20));
  for (const char* text : {"turn7", "\"turn19\"", "\"TURN0\"", "\"turn1\" \"turn12\"", "\"\\\"café\\\"\"",
                           "\"x\\\"},{\\\"role\"", "\"sss\\\"},{\\\"role\\\":\\\"user\"",
                           "\"xx\\\"}],\\\"n\\\":7\"", "\"messages\\\":[{\\\"role\"", "nowhere",
                           "\"Hi there\"", "\"turn3\" \"hi there\"", "\"turn3\" \"nowhere\""})
    ledger.check(text);
}

TEST_CASE("What is found does not hang on where a body was cut") {
  Rng rng(3);
  const auto records = conversation(6);
  const Ledger ledger(records);
  const std::string& body = records.back().request->body;
  for (int round = 0; round < 60; ++round) {
    const std::size_t size = 1 + rng.next() % 30;
    const std::string text = body.substr(2900 + rng.next() % (body.size() - 2900 - size), size);
    if (text.find('\\') != std::string::npos) continue;
    std::string quoted;
    for (const char c : text) quoted.append(c == '"' ? "\\" : "").append(1, c);
    ledger.check("\"" + quoted + "\"");
  }
}

TEST_CASE("Streams are searched as the message that they make; what has no content is not found") {
  std::vector<log::LogRecord> records;
  for (unsigned i = 0; i < 3; ++i) records.push_back(sample_record(k_time + i, i));
  records[0].response = log::Content{{{"Content-Type", "text/event-stream"}}, ""};
  for (const char* piece : {"Hel", "lo the", "re"})
    records[0].response->body +=
        R"(data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":")" +
        std::string(piece) + "\"}}]}\n\n";
  records[1].request.reset();
  records[1].response.reset();
  records[1].tracked = false;
  records[2].response->headers.clear();
  records[2].response->body = records[0].response->body;
  const Ledger ledger(records);
  for (const char* text : {"\"hello there\"", "message", "hello", "chunk"}) ledger.check(text);
}

TEST_CASE("A query searches on several threads, and gives what it finds in its order") {
  std::vector<log::LogRecord> records;
  for (unsigned i = 0; i < 2000; ++i) {
    records.push_back(sample_record(k_time + i, i));
    records.back().user = i % 2 ? "ana" : "bo";
    if (i % 100 == 7) records.back().response->body = R"({"choices":[{"message":{"content":"the needle"}}]})";
  }
  const Ledger ledger(records);
  const store::LogReader reader(ledger.env);
  const auto run_all = [&](Query query, std::vector<std::int64_t>& times) {
    const auto page = run(reader, query, [&](const log::LogRecord& record) {
      times.push_back(record.created_at - k_time);
      return true;
    });
    REQUIRE(page);
    return *page;
  };
  std::vector<std::int64_t> times;
  std::uint64_t searched = 0;
  const auto page = run_all({.filter = parsed("needle"),
                             .limit = 3,
                             .searching =
                                 [&](std::uint64_t n) {
                                   searched = n;
                                   return true;
                                 }},
                            times);
  CHECK(times == std::vector<std::int64_t>{1907, 1807, 1707});
  REQUIRE(page.next);
  CHECK(page.next->time_ms() == k_time + 1707);
  CHECK(searched > 0);
  times.clear();
  run_all({.filter = parsed("needle user:ana"), .limit = 0, .after = page.next}, times);
  CHECK(times.size() == 17);
  CHECK(times.front() == 1607);
  times.clear();
  run_all({.filter = parsed("needle user:bo"), .limit = 0}, times);
  CHECK(times.empty());
  run_all({.filter = parsed("needle"), .limit = 1, .order = store::Order::oldest_first}, times);
  CHECK(times == std::vector<std::int64_t>{7});
}

TEST_CASE("A search that is told to end says that there may be more") {
  std::vector<log::LogRecord> records;
  for (unsigned i = 0; i < 1000; ++i) records.push_back(sample_record(k_time + i, i));
  const Ledger ledger(records);
  const auto page = run(store::LogReader(ledger.env),
                        {.filter = parsed("nowhere"), .searching = [](std::uint64_t n) { return n < 100; }},
                        [](const log::LogRecord&) { return true; });
  REQUIRE(page);
  CHECK(page->cut_short);
  CHECK(page->rows == 0);
  const auto bounded = run(store::LogReader(ledger.env), {.filter = parsed("nowhere"), .rows_max = 10},
                           [](const log::LogRecord&) { return true; });
  REQUIRE(bounded);
  CHECK(bounded->cut_short);
}

}  // namespace pk::query
