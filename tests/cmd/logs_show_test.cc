#include "base/json.h"
#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;
constexpr const char* k_events =
    "data: "
    "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":"
    "\"Hel\"}}]}\n\n"
    "data: "
    "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":"
    "\"lo\"}}]}\n\n"
    "data: [DONE]\n\n";

struct Fixture {
  Fixture() {
    plain = sample_record(k_time, 0x111111a1);
    plain.response->body = "{\"text\":\"\x7f visible\"}";
    streamed = sample_record(k_time + 1000, 0x222222b2);
    streamed.stream = true;
    streamed.response = log::Content{{{"content-type", "text/event-stream"}}, k_events};
    streamed.attempts = {{"config.targets[0]", "openai", "gpt-4o", 429, "too many requests", 12, 0},
                         {"config.targets[1].targets[0]", "demo", "demo-1", {}, "timeout", 1000, 0},
                         {"config.targets[1].targets[0]", "demo", "demo-1", 200, "", 80, 500}};
    streamed.config_id = "pc-main-3fa29c";
    streamed.config_version = 2;
    streamed.last_used_option = "config.targets[1].targets[0]";
    untracked = sample_record(k_time + 2000, 0x333333c3);
    untracked.tracked = false;
    untracked.request.reset();
    untracked.response.reset();
    ledger.write({plain, streamed, untracked});
  }
  PkOutcome show(std::vector<std::string> arguments, bool terminal = false) const {
    arguments.insert(arguments.begin(),
                     {"--data", ledger.folder().string(), "--color", "never", "logs", "show"});
    return call_pk({.arguments = std::move(arguments), .terminal = terminal, .columns = 100});
  }

  SampleLedger ledger;
  log::LogRecord plain, streamed, untracked;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "Piped, a record is one JSON object with all fields") {
  const auto done = show({"@3"});
  CHECK(done.exit == 0);
  CHECK(is_json(done.out));
  for (const char* part : {"\"id\":", "\"attempts\":", "\"request\":", "\"response\":", "\"status\":["})
    CHECK(done.out.find(part) != std::string::npos);
  CHECK(show({"111111a1"}).out == done.out);
  CHECK(show({plain.id.text(), "--json"}).out == done.out);
  CHECK(show({"--json", plain.id.text()}).out == done.out);
}

TEST_CASE_METHOD(Fixture, "Fields are picked, jq filters, several records are an array") {
  CHECK(show({"@3", "--json=model,ok"}).out == "{\"model\":\"gpt-4o-mini\",\"ok\":true}\n");
  CHECK(show({"@3", "--jq", ".request.body.messages[0].content"}).out == "Hello\n");
  CHECK(show({"@3", "@2", "--json=stream"}).out == "[{\"stream\":false},\n{\"stream\":true}]\n");
  CHECK(show({"@3", "--json=nope"}).exit == 2);
}

TEST_CASE_METHOD(Fixture,
                 "Bodies alone are what was sent; a stream is its message, or its events with --raw") {
  CHECK(show({"@3", "--request"}).out == plain.request->body);
  CHECK(show({"@3", "--request", "--response"}).out == plain.request->body + "\n" + plain.response->body);
  CHECK(show({"@3", "--response"}).out == plain.response->body);
  CHECK(show({"@2", "--response", "--raw"}).out == k_events);
  const auto joined = show({"@2", "--response"}).out;
  CHECK(is_json(joined));
  CHECK(joined.find("\"Hello\"") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "A record without content says why, exit 3 where the body alone was asked for") {
  CHECK(show({"@1", "--jq", ".request"}).out == "null\n");
  const auto done = show({"@1", "--request"});
  CHECK(done.exit == 3);
  CHECK(done.err.find("not to be tracked") != std::string::npos);
  CHECK(show({"@1"}, true).out.find("not kept: the request asked not to be tracked") != std::string::npos);
}

TEST_CASE_METHOD(
    Fixture, "On a terminal a record is a page: facts, attempts as a tree, bodies laid out, nothing raw") {
  const auto done = show({"@2"}, true);
  CAPTURE(done.out);
  CHECK(done.exit == 0);
  CHECK(done.out.starts_with(streamed.id.text()));
  CHECK(done.out.find("2026-03-01 09:30:01.000 UTC") != std::string::npos);
  CHECK(done.out.find("Attempts\n"
                      "  config\n"
                      "  ├─ targets[0]  openai gpt-4o · 429 · 12 ms · too many requests\n"
                      "  └─ targets[1]\n"
                      "     └─ targets[0]\n"
                      "        ├─ demo demo-1 · no answer · 1.00 s · timeout\n"
                      "        └─ demo demo-1 · 200 · 80 ms · after waiting 500 ms\n") != std::string::npos);
  CHECK(done.out.find("took       250 ms · 250 ms upstream · 500 ms waiting · 0.0 ms gateway\n") !=
        std::string::npos);
  CHECK(done.out.find("config     pc-main-3fa29c version 2 · config.targets[1].targets[0]\n") !=
        std::string::npos);
  CHECK(done.out.find("\"content\": \"Hello\"") != std::string::npos);
  const auto control = show({"@3"}, true);
  CHECK(control.out.find("\\u007f visible") != std::string::npos);
  CHECK(control.out.find('\x7f') == std::string::npos);
}

TEST_CASE_METHOD(Fixture,
                 "An id that is not there exits 3; one that is ambiguous or short exits 2 with candidates") {
  const std::pair<const char*, int> cases[] = {{"0195a3c5-0000-7000-8000-000000000009", 3},
                                               {"no-such-id", 3},
                                               {"@9", 3},
                                               {"@0", 2},
                                               {"111", 2},
                                               {"7000-8000-", 2}};
  for (const auto& [id, exit] : cases) {
    CAPTURE(id);
    const auto done = show({id});
    CHECK(done.exit == exit);
    CHECK(done.out.empty());
    CHECK(done.err.find('\n') == done.err.size() - 1);
  }
  CHECK(show({"7000-8000-"}).err.find(plain.id.text()) != std::string::npos);
}

}  // namespace pk::test
