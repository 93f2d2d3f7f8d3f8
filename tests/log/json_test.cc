#include "log/json.h"

#include "base/json.h"
#include "support/catch.h"

using pk::log::append_json;
using pk::log::BodyForm;
using pk::log::cell;
using pk::log::Content;
using pk::log::Field;
using pk::log::FieldSet;
using pk::log::LogRecord;

namespace {

LogRecord example() {
  LogRecord r;
  r.id = *pk::Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8057");
  r.created_at = 1'772'357'400'123;
  r.trace_id = "trace \"1\"";
  r.method = "POST";
  r.path = "/v1/chat/completions";
  r.endpoint = pk::log::Endpoint::chat_completions;
  r.http_status = 200;
  r.ok = true;
  r.provider = "openai";
  r.cache = pk::log::Cache::semantic_hit;
  r.retry = pk::log::Retry::success;
  r.retry_attempts = 2;
  r.loadbalance = pk::log::Active::active;
  r.last_used_option = "config.targets[1]";
  r.prompt_tokens = 12;
  r.cost_usd = 1.5e-7;
  r.saved_usd = 0.7;
  r.latency_ms = 1234.56789;
  r.ttft_ms = 0.1 + 0.2;
  r.upstream_ms = 5;
  r.metadata = {{"team", "réd"}, {"_user", "ann"}};
  r.tracked = true;
  r.cache_score = 0.9625;
  r.cache_verdict = "hit";
  r.seed = 99;
  return r;
}

std::string json(const LogRecord& r, const FieldSet& fields, BodyForm form = BodyForm::joined) {
  std::string out;
  append_json(out, r, fields, form);
  return out;
}

std::string body(const Content& content, BodyForm form = BodyForm::joined) {
  std::string out;
  pk::log::append_body_json(out, content, form);
  return out;
}

}  // namespace

TEST_CASE("A record in a list is one flat object in the order of the table") {
  CHECK(
      json(example(), FieldSet::lists()) ==
      R"({"id":"01890a5d-ac96-774b-bcce-b302099a8057","created_at":"2026-03-01T09:30:00.123Z","trace_id":"trace \"1\"",)"
      R"("span_id":null,"parent_span_id":null,"span_name":null,"method":"POST","path":"/v1/chat/completions",)"
      R"("endpoint":"chat-completions","state":"complete","http_status":200,"ok":true,"error":null,"provider":"openai",)"
      R"("model":null,"requested_model":null,"virtual_key":null,"api_key":null,"user":null,"cache":"semantic-hit",)"
      R"("cache_neighbour":null,"cache_score":0.9625,"cache_verdict":"hit",)"
      R"("retry":"success","retry_attempts":2,"fallback":"disabled","loadbalance":"active",)"
      R"("last_used_option":"config.targets[1]",)"
      R"("status":["cache-semantic-hit","retry-success","fallback-disabled","loadbalance-active"],"stream":false,)"
      R"("prompt_tokens":12,"completion_tokens":null,"total_tokens":null,"cached_tokens":null,"reasoning_tokens":null,)"
      R"("cost_usd":1.5e-07,"saved_usd":0.7,"latency_ms":1234.568,"ttft_ms":0.3,"upstream_ms":5,"gateway_ms":0,)"
      R"("config_id":null,"config_version":null,"prompt_id":null,"prompt_version":null,"metadata":{"team":"réd","_user":"ann"},"tracked":true,)"
      R"("replayable":true,"replay_blocked_by":null,"replay_of":null,"feedback":{"count":0,"weighted_average":null}})");
}

TEST_CASE("The rest of a record is in the full form") {
  LogRecord r = example();
  r.attempts = {{"config.targets[0]", "openai", "", {}, "timeout", 30000.12345, 0},
                {"config.targets[1]", "groq", "llama", 200, "", 5, 1000}};
  r.request = Content{{{"Accept", "*/*"}}, R"({"a":1})"};
  r.replay_blocked_by = pk::log::ReplayBlock::no_content;
  r.replay_of = r.id;
  r.feedback = {2, 0.1};
  const auto fields =
      FieldSet::parse("attempts,request,response,replayable,replay_blocked_by,replay_of,feedback");
  CHECK(
      json(r, *fields) ==
      R"({"attempts":[{"option":"config.targets[0]","provider":"openai","model":null,"http_status":null,"error":"timeout","latency_ms":30000.123,"wait_ms":0},)"
      R"({"option":"config.targets[1]","provider":"groq","model":"llama","http_status":200,"error":null,"latency_ms":5,"wait_ms":1000}],)"
      R"("request":{"headers":{"Accept":"*/*"},"body":{"a":1}},"response":null,"replayable":false,"replay_blocked_by":"no-content",)"
      R"("replay_of":"01890a5d-ac96-774b-bcce-b302099a8057","feedback":{"count":2,"weighted_average":0.1}})");
}

TEST_CASE("Every record is one line of JSON, whatever its texts hold") {
  LogRecord r = example();
  r.error = "line\nline\xff\x1b[31m";
  r.model = "\xed\xa0\x80";
  r.metadata = {{"\n", "\r"}};
  r.latency_ms = std::numeric_limits<double>::infinity();
  r.gateway_ms = -1e300;
  r.cost_usd = std::nan("");
  r.request = Content{{{"\x80", "\n"}}, "{\n  \"a\" : [1,\r\n 2] }\n"};
  r.response = Content{{{"content-type", "text/event-stream"}}, "data: {\"choices\":\n\n"};
  const std::string line = json(r, FieldSet::all());
  CHECK(pk::is_json(line));
  CHECK(line.find_first_of("\n\r\x1b") == std::string::npos);
  CHECK(line.find(R"("cost_usd":null)") != std::string::npos);
}

TEST_CASE("A body that is JSON stands in the record as it came") {
  CHECK(body({{}, R"({"t":0.70,"n":12345678901234567890123,"d":1,"d":2})"}) ==
        R"({"t":0.70,"n":12345678901234567890123,"d":1,"d":2})");
  CHECK(body({{}, "\n{\n \"a\": \"x\\ny\"\r\n}\n"}) == "{ \"a\": \"x\\ny\"}");
  CHECK(body({{}, " 5 "}) == "5");
  CHECK(body({{}, "null"}) == "null");
  CHECK(body({{}, "\"\""}) == "\"\"");
}

TEST_CASE("Another body is text, or base64 where it is no UTF-8") {
  CHECK(body({{}, ""}) == R"("")");
  CHECK(body({{}, "plain"}) == R"("plain")");
  CHECK(body({{}, R"({"x":tru})"}) == R"("{\"x\":tru}")");
  CHECK(body({{}, "{}{}"}) == R"("{}{}")");
  CHECK(body({{}, "\xff\xfe\x01"}) == R"({"base64":"//4B"})");
  CHECK(body({{}, "{\"a\":\"\xff\"}"}) == R"({"base64":"eyJhIjoi/yJ9"})");
  CHECK(body({{}, std::string(200, '[') + std::string(200, ']')}).starts_with("[[["));
  CHECK(body({{}, std::string(201, '[') + std::string(201, ']')}).starts_with("\"[[["));
}

TEST_CASE("A stream is shown as its message, or as its events when asked") {
  const std::string events =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n";
  const Content stream{{{"Content-Type", "text/event-stream"}}, events};
  CHECK(body(stream) == R"({"choices":[{"index":0,"message":{"content":"a"}}]})");
  CHECK(body(stream, BodyForm::raw) == pk::json_string(events));
  // Not of a form that is known: the events are all there is to show.
  CHECK(body({{{"content-type", "text/event-stream"}}, "data: x\n\n"}) == R"("data: x\n\n")");
  // An error that came as JSON under the wrong type.
  CHECK(body({{{"content-type", "text/event-stream"}}, R"({"error":1})"}) == R"({"error":1})");
}

TEST_CASE("Headers that came several times are one member") {
  std::string out;
  append_json(out, Content{{{"Accept", "a"}, {"Set-Cookie", "x"}, {"accept", "b"}, {"ACCEPT", "c"}}, ""});
  CHECK(out == R"({"headers":{"Accept":"a, b, c","Set-Cookie":"x"},"body":""})");
  out.clear();
  append_json(out, Content{});
  CHECK(out == R"({"headers":{},"body":""})");
}

TEST_CASE("A cell is plain text") {
  LogRecord r = example();
  r.error = "a\tb\n\"c\"";
  CHECK(cell(r, Field::id) == "01890a5d-ac96-774b-bcce-b302099a8057");
  CHECK(cell(r, Field::created_at) == "2026-03-01T09:30:00.123Z");
  CHECK(cell(r, Field::error) == "a\tb\n\"c\"");
  CHECK(cell(r, Field::model) == "");
  CHECK(cell(r, Field::http_status) == "200");
  CHECK(cell(r, Field::completion_tokens) == "");
  CHECK(cell(r, Field::ok) == "true");
  CHECK(cell(r, Field::cost_usd) == "1.5e-07");
  CHECK(cell(r, Field::latency_ms) == "1234.568");
  CHECK(cell(r, Field::status) == "cache-semantic-hit,retry-success,fallback-disabled,loadbalance-active");
  CHECK(cell(r, Field::metadata) == R"({"team":"réd","_user":"ann"})");
  CHECK(cell(r, Field::attempts) == "[]");
  CHECK(cell(r, Field::request) == "");
}

TEST_CASE("An empty record is JSON too") {
  CHECK(pk::is_json(json(LogRecord{}, FieldSet::all())));
  CHECK(json(LogRecord{}, FieldSet({})) == "{}");
}
