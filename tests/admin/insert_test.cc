#include "admin/insert.h"

#include "support/catch.h"

using namespace pk::admin;

namespace {

constexpr std::int64_t k_now_ms = 1'772'357'400'000;

pk::Result<std::vector<pk::log::LogRecord>> read(std::string_view body) {
  return read_inserts(body, {.key_id = "pk-ci-1"}, k_now_ms);
}

constexpr std::string_view k_least =
    R"({"request":{"url":"https://api.openai.com/v1/chat/completions?key=x","body":{"model":"gpt-4o"}},"response":{"body":{"id":1}}})";

}  // namespace

TEST_CASE("The least that is needed makes a log of now") {
  const auto records = read(k_least);
  REQUIRE(records);
  const pk::log::LogRecord& record = records->at(0);
  CHECK(record.method == "POST");
  CHECK(record.path == "/v1/chat/completions");
  CHECK(record.http_status == 200);
  CHECK(record.ok);
  CHECK(record.created_at == k_now_ms);
  CHECK(record.api_key == "pk-ci-1");
  CHECK(record.request->body == R"({"model":"gpt-4o"})");
  CHECK(record.tracked);
}

TEST_CASE("All that may be said is taken") {
  const auto records = read(R"([{"request":{"url":"/v1/x","method":"get","provider":"mistral-ai",
      "headers":{"Authorization":"Bearer sk-0123456789abcdef0123","X-A":"b"},"body":"text"},
      "response":{"status":429,"headers":{"Retry-After":"3"},"body":"slow down sk-0123456789abcdef0123","response_time":12.5,
      "streamingMode":true},
      "metadata":{"traceId":"t-1","span_id":"s","spanName":"n","parentSpanId":"p","_user":"ann","team":"red","n":7},
      "created_at":"2026-02-01T00:00:00Z","model":"m-1"}])");
  REQUIRE(records);
  const pk::log::LogRecord& record = records->at(0);
  CHECK(record.method == "GET");
  CHECK(record.provider == "mistral-ai");
  CHECK(record.model == "m-1");
  CHECK_FALSE(record.ok);
  CHECK(record.stream);
  CHECK(record.latency_ms == 12.5);
  CHECK(record.trace_id == "t-1");
  CHECK(record.parent_span_id == "p");
  CHECK(record.user == "ann");
  CHECK(record.metadata == pk::log::Metadata{{"_user", "ann"}, {"team", "red"}, {"n", "7"}});
  CHECK(record.created_at == 1'769'904'000'000);
  CHECK(record.request->headers[0].second.find("456789") == std::string::npos);
  CHECK(record.response->body.find("456789") == std::string::npos);
}

TEST_CASE("What is wrong is named, and of an array which one it is") {
  const std::pair<std::string, std::string> cases[] = {
      {"", "no JSON"},
      {"7", "JSON object"},
      {"[]", "empty"},
      {R"({"response":{"body":1}})", "request.url"},
      {R"({"request":{"url":"/x"},"response":{"body":1}})", "request.body"},
      {R"({"request":{"url":"/x","body":1},"response":{}})", "response.body"},
      {R"({"request":{"url":"/x","body":1},"response":{"body":1,"status":99}})", "response.status"},
      {R"({"request":{"url":"/x","body":1},"response":{"body":1,"status":"x"}})", "response.status"},
      {R"({"request":{"url":"/x","body":1},"response":{"body":1,"response_time":-1}})", "response_time"},
      {R"({"request":{"url":"/x","body":1},"response":{"body":1},"created_at":"soon"})", "created_at"},
      {R"({"request":{"url":"/x","body":1},"response":{"body":1},"metadata":{"a":{}}})", "metadata.a"},
      {"[" + std::string(k_least) + ",{}]", "log 2 of the array"}};
  for (const auto& [body, words] : cases) {
    const auto records = read(body);
    INFO(body);
    REQUIRE_FALSE(records);
    CHECK(records.error().message.find(words) != std::string::npos);
  }
  std::string many = "[1";
  for (std::size_t i = 0; i < k_inserts_max; ++i) many += ",1";
  CHECK(read(many + "]").error().message.find("1000") != std::string::npos);
}

TEST_CASE("Of what is not to be tracked numbers and metadata stay") {
  pk::log::LogRecord record = read(k_least)->at(0);
  record.user = "from the body";
  record.error = "words of the provider";
  record.metadata = {{"_user", "ann"}};
  forget_content(record);
  CHECK_FALSE(record.tracked);
  CHECK_FALSE(record.request);
  CHECK_FALSE(record.response);
  CHECK(record.user == "ann");
  CHECK(record.error == "upstream-error");
  CHECK(record.replay_blocked_by == pk::log::ReplayBlock::not_tracked);
}

TEST_CASE("A time that no id and no date can have is refused") {
  const auto of = [](std::string_view time) {
    return read(R"({"request":{"url":"/v1/x","body":1},"response":{"body":1},"created_at":)" +
                std::string(time) + "}");
  };
  for (const char* bad : {"-1", "99999999999999999", "281474976710656", "253402300800000", "1e300", "1.5",
                          R"("10000-01-01T00:00:00Z")", R"("1969-12-31T23:59:59Z")", "true", "[]"}) {
    INFO(bad);
    CHECK_FALSE(of(bad));
  }
  for (const char* good : {"0", "253402300799999", R"("9999-12-31T23:59:59.999Z")"}) CHECK(of(good));
}

TEST_CASE("Texts are cut as those of a proxied call, and too many are the caller's fault") {
  const std::string most(k_insert_text_bytes_max, 'x');
  const std::string long_text = '"' + most + "yyy\"";
  const auto log_with = [&](const std::string& metadata) {
    return R"({"request":{"url":"/x","body":1},"response":{"body":1},"model":)" + long_text +
           R"(,"metadata":{)" + metadata + "}}";
  };
  const auto records = read(log_with(R"("traceId":)" + long_text + R"(,"_user":)" + long_text + "," +
                                     long_text + ":" + long_text + R"(,"team":"red","team":"blue")"));
  REQUIRE(records);
  const pk::log::LogRecord& record = records->at(0);
  CHECK(record.model == most);
  CHECK(record.trace_id == most);
  CHECK(record.user == most);
  CHECK(record.metadata == pk::log::Metadata{{"_user", most}, {most, most}, {"team", "blue"}});
  std::string many;
  for (std::size_t i = 0; i <= k_insert_metadata_max; ++i)
    many += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":1";
  CHECK(read(log_with(many)).error().code == pk::Errc::invalid);
}
