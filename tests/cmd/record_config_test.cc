#include "cmd/record_config.h"

#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::cmd {

namespace {

using From = RecordConfig::From;

log::LogRecord with_config(const std::string& text) {
  log::LogRecord record = test::sample_record(1'772'357'400'000, 1);
  record.request->headers.emplace_back("X-Portkey-Config", text);
  return record;
}

}  // namespace

TEST_CASE("A request without a config has one target") {
  const RecordConfig config = requested_config(test::sample_record(1'772'357'400'000, 1));
  CHECK(config.from == From::none);
  CHECK(config.root == config::Node());
  CHECK(slug(config.from) == "none");
}

TEST_CASE("A request's own config is read from its header, masked keys and hosts of any kind with it") {
  const RecordConfig config = requested_config(with_config(
      R"({"strategy":{"mode":"fallback"},"targets":[{"provider":"openai","api_key":"sk********789",
          "custom_host":"http://llm.internal:8080/v1"},{"provider":"demo","custom_host":"http://10.0.0.1/v1"}]})"));
  CAPTURE(config.why_lost);
  REQUIRE(config.from == From::request);
  REQUIRE(config.root.targets.size() == 2);
  CHECK(config.root.targets[0].inherited.custom_host == "http://llm.internal:8080/v1");
}

TEST_CASE("A config that is not to be had says why") {
  const std::pair<const char*, const char*> cases[] = {
      {"pc-gone-000001", "there was no saved config of the name that it gave"},
      {"{", "its config is not valid: Invalid config passed. You need to pass a valid json"},
      {R"({"strategy":{"mode":"x"},"targets":[]})", "its config is not valid: Invalid config passed"}};
  for (const auto& [text, why] : cases) {
    CAPTURE(text);
    const RecordConfig config = requested_config(with_config(text));
    CHECK(config.from == From::lost);
    CHECK(config.why_lost == why);
  }
}

TEST_CASE("A config that was cut anywhere is lost, never half a config") {
  const std::string whole =
      R"({"strategy":{"mode":"fallback"},"targets":[{"provider":"demo","custom_host":"http://h\u00e9.internal/"}]})";
  for (std::size_t size = 1; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(requested_config(with_config(whole.substr(0, size))).from == From::lost);
  }
}

TEST_CASE("Without headers a config may have been lost; the reason is told apart") {
  log::LogRecord record = test::sample_record(1'772'357'400'000, 1);
  record.request.reset();
  CHECK(requested_config(record).why_lost.find("it was pruned") != std::string::npos);
  record.tracked = false;
  CHECK(requested_config(record).why_lost.find("the request asked not to be tracked") != std::string::npos);
  CHECK(request_header(record, "x-portkey-config").empty());
}

TEST_CASE("A saved config's text is read as it was kept") {
  const RecordConfig config =
      saved_config(R"({"strategy":{"mode":"loadbalance"},"targets":[{"provider":"@main"}]})");
  CHECK(config.from == From::saved);
  CHECK(config.root.mode == config::Mode::loadbalance);
  CHECK(saved_config("null").from == From::lost);
}

TEST_CASE("The last of several headers of one name counts, whatever its case") {
  log::LogRecord record = with_config("a");
  record.request->headers.emplace_back("x-portkey-config", " b ");
  CHECK(request_header(record, "x-portkey-CONFIG") == "b");
}

}  // namespace pk::cmd
