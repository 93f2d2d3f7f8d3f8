#include "cmd/decisions.h"

#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::cmd {

namespace {

using log::LogRecord;

// A chat that came with these headers, and was tried like this.
LogRecord record_of(const log::Headers& headers, std::vector<log::Attempt> attempts = {}) {
  LogRecord record = test::sample_record(1'772'357'400'000, 1);
  for (const auto& header : headers) record.request->headers.push_back(header);
  record.attempts = std::move(attempts);
  if (!record.attempts.empty()) {
    record.last_used_option = record.attempts.back().option;
    record.http_status = record.attempts.back().http_status;
    record.ok = record.http_status == 200;
  }
  return record;
}

log::Attempt tried(const char* option, std::optional<std::int64_t> status, double wait_ms = 0) {
  return {option, "openai", "gpt-4o-mini", status, status == 200 ? "" : "no", 5, wait_ms};
}

// "option: text" a line.
std::vector<std::string> lines(const Explanation& explanation) {
  std::vector<std::string> lines;
  for (const Decision& decision : explanation.decisions)
    lines.push_back(decision.option + ": " + decision.text);
  return lines;
}

std::vector<std::string> lines_of(const LogRecord& record) {
  const Explanation explanation = explain(record, requested_config(record));
  CHECK(explanation.missing.empty());
  return lines(explanation);
}

bool has(const std::vector<std::string>& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("A plain request: who said which provider") {
  const std::pair<log::Headers, const char*> cases[] = {
      {{{"x-portkey-provider", "openai"}}, "x-portkey-provider"},
      {{{"x-portkey-virtual-key", "vk-main-000001"}}, "x-portkey-virtual-key"},
      {{{"x-portkey-virtual-key", "main"}, {"x-portkey-provider", "openai"}}, "x-portkey-virtual-key"},
      {{}, "default"}};
  for (const auto& [headers, by] : cases) {
    CAPTURE(by);
    CHECK(lines_of(record_of(headers, {tried("config", 200)})) ==
          Lines{std::string("config: asks openai for gpt-4o-mini; provider by ") + by,
                "config: ended with 200", "config: the client got this answer"});
  }
  LogRecord by_model = record_of({}, {tried("config", 200)});
  by_model.requested_model = "@main/gpt-4o-mini";
  CHECK(lines_of(by_model).at(0) == "config: asks openai for gpt-4o-mini; provider by the model");
}

TEST_CASE("A config of the request: each target's provider, model and host, retries and the fallback") {
  const LogRecord record = record_of({{"x-portkey-config", R"({"strategy":{"mode":"fallback"},"targets":[
          {"provider":"openai","api_key":"k","retry":{"attempts":1},"override_params":{"model":"gpt-4o-mini"}},
          {"virtual_key":"spare","custom_host":"https://llm.example/v1"}]})"}},
                                     {tried("config.targets[0]", 500), tried("config.targets[0]", 500, 1000),
                                      tried("config.targets[1]", 200)});
  CHECK(
      lines_of(record) ==
      Lines{
          "config: the request's own, by x-portkey-config", "config: targets[0] first",
          "config.targets[0]: asks openai for gpt-4o-mini; provider by the target, model by override_params",
          "config.targets[0]: retry 1 of 1, 1 s after 500",
          "config.targets[0]: ended with 500 after 1 of 1 retries", "config: fell back to targets[1] on 500",
          "config.targets[1]: asks openai for gpt-4o-mini; provider by the target's virtual_key, host by "
          "custom_host",
          "config.targets[1]: ended with 200", "config.targets[1]: the client got this answer"});
}

TEST_CASE("A saved config is named with its version, and by whom") {
  const RecordConfig config = saved_config(R"({"provider":"openai","virtual_key":"main"})");
  LogRecord record = record_of({{"x-portkey-config", "pc-main-000001"}}, {tried("config", 200)});
  record.config_id = "pc-main-000001";
  record.config_version = 3;
  CHECK(lines(explain(record, config)).at(0) == "config: pc-main-000001 version 3, by x-portkey-config");
  record.request->headers.clear();
  CHECK(lines(explain(record, config)).at(0) ==
        "config: pc-main-000001 version 3, by default: the request names neither config nor provider");
  record.request.reset();
  const Explanation pruned = explain(record, config);
  CHECK(pruned.missing.empty());
  CHECK(lines(pruned).at(0) == "config: pc-main-000001 version 3");
  CHECK(lines(pruned).size() == 4);
}

TEST_CASE("A timeout is told with its bound; the header's goes before the config's") {
  const std::string config = R"({"strategy":{"mode":"fallback"},"request_timeout":2000,
      "targets":[{"provider":"demo"},{"provider":"demo"}]})";
  const std::vector<log::Attempt> attempts = {tried("config.targets[0]", 408),
                                              tried("config.targets[1]", 200)};
  const Lines told = lines_of(record_of({{"x-portkey-config", config}}, attempts));
  CHECK(has(told, "config.targets[0]: has 2.00 s until its answer begins, by request_timeout"));
  CHECK(has(told, "config: fell back to targets[1] on a timeout"));
  CHECK_FALSE(has(told, "config.targets[1]: has 2.00 s until its answer begins, by request_timeout"));
  CHECK(
      has(lines_of(record_of({{"x-portkey-config", config}, {"x-portkey-request-timeout", "300"}}, attempts)),
          "config.targets[0]: has 300 ms until its answer begins, by x-portkey-request-timeout"));
}

TEST_CASE("Strict compliance that is off is told where answers are translated") {
  LogRecord record =
      record_of({{"x-portkey-provider", "anthropic"}, {"x-portkey-strict-open-ai-compliance", "false"}},
                {{"config", "anthropic", "claude", 200, "", 5, 0}});
  CHECK(has(lines_of(record),
            "config: strict OpenAI compliance is off, by x-portkey-strict-open-ai-compliance"));
  record.attempts[0].provider = "openai";
  CHECK(lines_of(record).size() == 3);
}

TEST_CASE("A cache that a config asks for is told where it was not asked, and where it had the answer") {
  const std::string config = R"({"strategy":{"mode":"fallback"},"targets":[)"
                             R"({"provider":"demo"},{"provider":"demo","cache":{"mode":"simple"}}]})";
  LogRecord record = record_of({{"x-portkey-config", config}},
                               {tried("config.targets[0]", 500), tried("config.targets[1]", 200)});
  CHECK(has(lines_of(record), "config.targets[1]: its cache was not asked"));
  record.attempts.pop_back();
  record.cache = log::Cache::hit;
  record.last_used_option = "config.targets[1]";
  record.cache_neighbour = record.id;
  CHECK(has(lines_of(record), "config.targets[1]: its cache had an answer, that of " + record.id.text()));
}

TEST_CASE("Conditions are decided again from metadata and body") {
  const std::string config = R"({"strategy":{"mode":"conditional","conditions":[
      {"query":{"params.model":{"$eq":"gpt-4o-mini"},"metadata.team":{"$eq":"red"}},"then":"b"}],"default":"a"},
      "targets":[{"provider":"demo","name":"a"},{"provider":"demo","name":"b"}]})";
  LogRecord record = record_of({{"x-portkey-config", config}}, {tried("config.targets[1]", 200)});
  record.metadata = {{"team", "red"}};
  CHECK(has(lines_of(record), "config: targets[1] by conditions[0]"));
  record.metadata = {};
  record.attempts = {tried("config.targets[0]", 200)};
  CHECK(has(lines_of(record), "config: targets[0] by default, no condition holds"));
}

TEST_CASE("Who left, what broke and who could not be asked stands at the end") {
  const std::string config =
      R"({"strategy":{"mode":"fallback"},"targets":[{"provider":"demo"},{"provider":"anthropic","api_key":"k"}]})";
  const log::Headers headers = {{"x-portkey-config", config}};

  LogRecord left = record_of(headers, {tried("config.targets[0]", {})});
  left.state = log::State::aborted;
  left.http_status.reset();
  CHECK(lines_of(left).back() == "config.targets[0]: the client left before an answer");

  LogRecord within = record_of(headers, {tried("config.targets[0]", 200)});
  within.state = log::State::aborted;
  CHECK(lines_of(within).back() == "config.targets[0]: the client left within the answer");

  LogRecord broken = record_of(headers, {tried("config.targets[0]", 200)});
  broken.ok = false;
  broken.error = "cut";
  CHECK(lines_of(broken).back() ==
        "config.targets[0]: the answer failed once the client had its head, so nothing else was tried: cut");

  LogRecord unoffered = record_of(headers, {tried("config.targets[0]", 500)});
  unoffered.error = "embed is not supported by anthropic";
  CHECK(lines_of(unoffered).back() ==
        "config.targets[1]: could not be asked, the client got 500: embed is not supported by anthropic");

  LogRecord interrupted = record_of(headers);
  interrupted.state = log::State::interrupted;
  CHECK(lines_of(interrupted).back() == "config.targets[0]: the server ended before this request did");

  LogRecord refused = record_of({{"x-portkey-provider", "nope"}});
  refused.http_status = 400;
  refused.ok = false;
  refused.error = "Invalid provider passed";
  CHECK(lines_of(refused) == Lines{"config: nobody was asked, the client got 400: Invalid provider passed"});

  LogRecord unreachable = record_of({{"x-portkey-provider", "openai"}}, {tried("config", {})});
  unreachable.http_status = 502;
  unreachable.error = "connection refused";
  CHECK(lines_of(unreachable).back() == "config: the client got 502: connection refused");
}

TEST_CASE("Where the config is gone the attempts are told") {
  LogRecord record = record_of({}, {tried("config.targets[0]", 500), tried("config.targets[0]", {}, 1000),
                                    tried("config.targets[1]", 200)});
  const Explanation gone = explain(record, lost_config("its config is no longer kept"));
  CHECK(gone.missing == "its config is no longer kept");
  CHECK(lines(gone) == Lines{"config.targets[0]: asks openai for gpt-4o-mini",
                             "config.targets[0]: asks openai for gpt-4o-mini again, after 500 and 1.00 s",
                             "config.targets[1]: asks openai for gpt-4o-mini, after no answer",
                             "config.targets[1]: the client got this answer"});
}

TEST_CASE("A config that does not lead to what happened is not made to") {
  const LogRecord record = record_of({}, {tried("config.targets[1]", 200)});
  const RecordConfig config =
      saved_config(R"({"strategy":{"mode":"fallback"},"targets":[{"provider":"demo"},{"provider":"demo"}]})");
  CHECK(explain(record, config).missing == "what happened is not what its config leads to");
  CHECK(lines(explain(record, config)).size() == 2);
  const LogRecord beyond = record_of({}, {tried("config.targets[0]", 500), tried("config.targets[7]", 200)});
  CHECK(explain(beyond, config).missing == "what happened is not what its config leads to");
}

TEST_CASE("Conditions on a body that was not kept are not guessed") {
  LogRecord record = record_of({}, {tried("config.targets[0]", 200)});
  record.request.reset();
  record.tracked = false;
  const RecordConfig config = saved_config(R"({"strategy":{"mode":"conditional","conditions":[
      {"query":{"$or":[{"params.model":"x"}]},"then":"a"}],"default":"a"},"targets":[{"provider":"demo","name":"a"}]})");
  REQUIRE(config.from == RecordConfig::From::saved);
  CHECK(explain(record, config).missing ==
        "its config has conditions on the body, which was not kept: the request asked not to be tracked");
}

}  // namespace pk::cmd
