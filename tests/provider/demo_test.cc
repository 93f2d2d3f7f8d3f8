#include "provider/demo.h"

#include <boost/json.hpp>
#include <cmath>
#include <cstring>

#include "base/text.h"
#include "provider/demo_words.h"
#include "provider/prices.h"
#include "provider/usage.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

namespace json = boost::json;

constexpr std::string_view k_seed = "0192f3a0";
constexpr std::int64_t k_now_s = 1'760'000'000;

DemoReply post(log::Endpoint endpoint, std::string_view body) {
  BodyReader reader;
  const auto facts = reader.read(body);
  REQUIRE(facts);
  return answer(endpoint, "POST", "", *facts, body, k_seed, k_now_s);
}
DemoReply chat(std::string_view body) {
  return post(log::Endpoint::chat_completions, body);
}

json::value parsed(std::string_view text) {
  json::error_code error;
  json::value value = json::parse({text.data(), text.size()}, error);
  INFO(text);
  REQUIRE_FALSE(error);
  return value;
}

// The JSON of each event but the end mark; checks the form of each event.
std::vector<json::value> events(const DemoReply& reply) {
  std::vector<json::value> found;
  for (const std::string& chunk : reply.chunks) {
    REQUIRE(chunk.starts_with("data: "));
    REQUIRE(chunk.ends_with("\n\n"));
    const std::string_view data = trim(std::string_view(chunk).substr(6));
    if (data != "[DONE]") found.push_back(parsed(data));
  }
  return found;
}

std::string header(const DemoReply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers)
    if (iequals(key, name)) return value;
  return "";
}

TEST_CASE("A chat reply has OpenAI's form and repeats the last user message") {
  const DemoReply reply = chat(R"({"model":"demo-1","messages":[{"role":"user","content":"first"},
    {"role":"assistant","content":"x"},{"role":"user","content":[{"type":"text","text":"Say \"hé\"\n"}]}]})");
  CHECK(reply.status == 200);
  CHECK(header(reply, "content-type") == "application/json");
  CHECK(reply.chunks.empty());
  const json::value body = parsed(reply.body);
  CHECK(body.at("id").as_string() == "chatcmpl-0192f3a0");
  CHECK(body.at("object").as_string() == "chat.completion");
  CHECK(body.at("created").as_int64() == k_now_s);
  CHECK(body.at("model").as_string() == "demo-1");
  const json::value& choice = body.at("choices").as_array().at(0);
  CHECK(choice.at("finish_reason").as_string() == "stop");
  CHECK(choice.at("message").at("role").as_string() == "assistant");
  CHECK(choice.at("message").at("content").as_string() ==
        "This is the demo provider. You said: Say \"h\xc3\xa9\"\n");
}

TEST_CASE("The usage that a reply states is read back by the usage reader, and has a price") {
  const DemoReply reply = chat(R"({"model":"demo-1","messages":[{"role":"user","content":"12345678"}]})");
  UsageReader reader;
  reader.read_body(reply.body);
  CHECK(reader.usage().prompt_tokens == 4 + 2);
  CHECK(reader.usage().completion_tokens == demo_tokens("This is the demo provider. You said: 12345678"));
  CHECK(cost_usd(*price_of("demo", reader.model()), reader.usage()).value() > 0);
}

TEST_CASE(
    "A streamed chat starts with the role, gives words that join to the plain reply, and ends with the end "
    "mark") {
  const std::string messages = R"("messages":[{"role":"user","content":"one  two three"}])";
  const json::value plain = parsed(chat(R"({"model":"m",)" + messages + "}").body);
  const DemoReply reply = chat(R"({"model":"m","stream":true,)" + messages + "}");
  CHECK(header(reply, "content-type") == "text/event-stream");
  CHECK(reply.body.empty());
  CHECK(reply.chunks.back() == "data: [DONE]\n\n");
  const auto chunks = events(reply);
  CHECK(chunks.size() > 5);
  CHECK(chunks.front().at_pointer("/choices/0/delta/role").as_string() == "assistant");
  std::string joined;
  for (const json::value& chunk : chunks) {
    CHECK(chunk.at("object").as_string() == "chat.completion.chunk");
    CHECK(chunk.at("id").as_string() == "chatcmpl-0192f3a0");
    CHECK_FALSE(chunk.as_object().contains("usage"));
    const json::object& delta = chunk.at_pointer("/choices/0/delta").as_object();
    if (const json::value* content = delta.if_contains("content"))
      joined += std::string(content->as_string());
  }
  CHECK(joined == std::string(plain.at_pointer("/choices/0/message/content").as_string()));
  CHECK(chunks.back().at_pointer("/choices/0/finish_reason").as_string() == "stop");
}

TEST_CASE("A stream tells its usage if that was asked for, in a chunk without choices") {
  const DemoReply reply = chat(
      R"({"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]})");
  const auto chunks = events(reply);
  CHECK(chunks.front().at("usage").is_null());
  CHECK(chunks.back().at("choices").as_array().empty());
  UsageReader reader;
  for (const std::string& chunk : reply.chunks) reader.feed(chunk);
  reader.finish();
  CHECK(reader.ended());
  CHECK(reader.usage().prompt_tokens == 4 + 1);
  CHECK(reader.usage().total_tokens == *reader.usage().prompt_tokens + *reader.usage().completion_tokens);
}

constexpr std::string_view k_tools =
    R"("tools":[{"type":"function","function":{"name":"get_time","parameters":{"type":"object","properties":{}}}},
               {"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"unit":{}}}}}])";

std::string with_tools(std::string_view message, std::string_view rest = "") {
  return R"({"model":"m",)" + std::string(k_tools) + R"(,"messages":[{"role":"user","content":")" +
         std::string(message) + "\"}]" + std::string(rest) + "}";
}

TEST_CASE("A tool is called when the message asks for it") {
  const json::value body = parsed(chat(with_tools("What is the weather in Paris?")).body);
  const json::value& choice = body.at_pointer("/choices/0");
  CHECK(choice.at("finish_reason").as_string() == "tool_calls");
  CHECK(choice.at("message").at("content").is_null());
  const json::value& call = choice.at_pointer("/message/tool_calls/0");
  CHECK(call.at("type").as_string() == "function");
  CHECK(call.at_pointer("/function/name").as_string() == "get_weather");
  CHECK(parsed(std::string(call.at_pointer("/function/arguments").as_string())).at("city").as_string() ==
        "What is the weather in Paris?");
}

TEST_CASE("tool_choice decides over the message, and a tool's answer ends the calls") {
  const auto called = [](const std::string& body) {
    const json::value reply = parsed(chat(body).body);
    const json::object& message = reply.at_pointer("/choices/0/message").as_object();
    return message.contains("tool_calls")
               ? std::string(reply.at_pointer("/choices/0/message/tool_calls/0/function/name").as_string())
               : std::string();
  };
  CHECK(called(with_tools("hello")).empty());
  CHECK(called(with_tools("weather", R"(,"tool_choice":"none")")).empty());
  CHECK(called(with_tools("hello", R"(,"tool_choice":"required")")) == "get_time");
  CHECK(called(
            with_tools("hello", R"(,"tool_choice":{"type":"function","function":{"name":"get_weather"}})")) ==
        "get_weather");
  CHECK(called(with_tools("hello", R"(,"tool_choice":{"type":"function","function":{"name":"nobody"}})"))
            .empty());
  CHECK(
      called(
          R"({"model":"m",)" + std::string(k_tools) +
          R"(,"messages":[{"role":"user","content":"weather"},{"role":"tool","tool_call_id":"c","content":"rain"}]})")
          .empty());
}

TEST_CASE("A streamed tool call carries its index, name and arguments") {
  const auto chunks = events(chat(with_tools("weather", R"(,"stream":true)")));
  const json::value& call = chunks.front().at_pointer("/choices/0/delta/tool_calls/0");
  CHECK(call.at("index").as_int64() == 0);
  CHECK(call.at_pointer("/function/name").as_string() == "get_weather");
  CHECK(chunks.back().at_pointer("/choices/0/finish_reason").as_string() == "tool_calls");
}

TEST_CASE("max_tokens cuts the reply, not inside a character") {
  for (const std::string_view key : {"max_tokens", "max_completion_tokens"}) {
    const json::value body = parsed(chat(R"({"model":"m","messages":[{"role":"user","content":"abcé"}],")" +
                                         std::string(key) + R"(":10})")
                                        .body);
    CHECK(body.at_pointer("/choices/0/finish_reason").as_string() == "length");
    CHECK(body.at_pointer("/usage/completion_tokens").as_int64() == 10);
    CHECK(body.at_pointer("/choices/0/message/content").as_string() ==
          "This is the demo provider. You said: abc");
  }
}

TEST_CASE("A JSON response format gets JSON") {
  const json::value body = parsed(
      chat(
          R"({"model":"m","response_format":{"type":"json_object"},"messages":[{"role":"user","content":"a\"b"}]})")
          .body);
  CHECK(
      parsed(std::string(body.at_pointer("/choices/0/message/content").as_string())).at("echo").as_string() ==
      "a\"b");
}

TEST_CASE("A completion repeats the last line of its prompt, plain and streamed") {
  const std::string plain = R"({"model":"m","prompt":"one\ntwo")";
  const json::value body = parsed(post(log::Endpoint::completions, plain + "}").body);
  CHECK(body.at("object").as_string() == "text_completion");
  CHECK(body.at_pointer("/choices/0/text").as_string() == "This is the demo provider. You said: two");
  std::string joined;
  for (const json::value& chunk : events(post(log::Endpoint::completions, plain + R"(,"stream":true})")))
    joined += std::string(chunk.at_pointer("/choices/0/text").as_string());
  CHECK(joined == "This is the demo provider. You said: two");
}

std::vector<double> vector_of(const json::value& embedding) {
  std::vector<double> vector;
  for (const json::value& x : embedding.as_array()) vector.push_back(x.to_number<double>());
  return vector;
}

double cosine(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

std::vector<double> embedded(std::string_view text) {
  const std::string body = R"({"model":"demo-embed","input":")" + std::string(text) + "\"}";
  return vector_of(parsed(post(log::Endpoint::embeddings, body).body).at_pointer("/data/0/embedding"));
}

TEST_CASE("Embeddings are unit vectors, the same for the same text, near for near texts") {
  const auto a = embedded("the cat sat on the mat");
  CHECK(a.size() == k_demo_dimensions);
  CHECK(cosine(a, a) == Approx(1).margin(1e-5));
  CHECK(a == embedded("the cat sat on the mat"));
  CHECK(cosine(a, embedded("The cat sat on a mat.")) > 0.6);
  CHECK(std::abs(cosine(a, embedded("quarterly revenue rose sharply"))) < 0.4);
  CHECK(cosine(embedded(""), embedded("")) == Approx(1));
}

TEST_CASE("Embeddings come as base64 of little-endian floats when asked, with the same values") {
  const json::value plain =
      parsed(post(log::Endpoint::embeddings, R"({"model":"m","input":"hi there"})").body);
  const json::value coded = parsed(
      post(log::Endpoint::embeddings, R"({"model":"m","input":"hi there","encoding_format":"base64"})").body);
  const auto bytes = base64_decode(std::string(coded.at_pointer("/data/0/embedding").as_string()));
  REQUIRE(bytes);
  REQUIRE(bytes->size() == k_demo_dimensions * 4);
  std::vector<float> floats(k_demo_dimensions);
  std::memcpy(floats.data(), bytes->data(), bytes->size());
  const auto expected = vector_of(plain.at_pointer("/data/0/embedding"));
  for (std::size_t i = 0; i < floats.size(); ++i)
    CHECK(static_cast<double>(floats[i]) == Approx(expected[i]).margin(1e-6));
}

TEST_CASE("An embeddings input may be texts, tokens or lists of tokens") {
  const auto indexes = [](std::string_view input) {
    const json::value body = parsed(
        post(log::Endpoint::embeddings, R"({"model":"m","dimensions":3,"input":)" + std::string(input) + "}")
            .body);
    std::int64_t next = 0;
    for (const json::value& item : body.at("data").as_array()) {
      CHECK(item.at("index").as_int64() == next++);
      CHECK(item.at("embedding").as_array().size() == 3);
    }
    return next;
  };
  CHECK(indexes(R"("a")") == 1);
  CHECK(indexes(R"(["a","b","c"])") == 3);
  CHECK(indexes("[1,2,3]") == 1);
  CHECK(indexes("[[1,2],[3]]") == 2);
}

TEST_CASE("Requests that make no sense get a 400 in OpenAI's form") {
  using log::Endpoint;
  const std::pair<Endpoint, std::string> bad[] = {
      {Endpoint::chat_completions, R"({"messages":[]})"},
      {Endpoint::chat_completions, R"({"model":"m"})"},
      {Endpoint::chat_completions, R"({"model":"m","messages":"hi"})"},
      {Endpoint::completions, R"({"model":"m"})"},
      {Endpoint::embeddings, R"({"model":"m"})"},
      {Endpoint::embeddings, R"({"model":"m","input":[]})"},
      {Endpoint::embeddings, R"({"model":"m","input":"x","dimensions":0})"},
      {Endpoint::embeddings, R"({"model":"m","input":"x","dimensions":5000})"},
      {Endpoint::embeddings, R"({"model":"m","input":"x","dimensions":"3"})"},
  };
  for (const auto& [endpoint, body] : bad) {
    INFO(body);
    const DemoReply reply = post(endpoint, body);
    CHECK(reply.status == 400);
    CHECK(parsed(reply.body).at("error").at("type").as_string() == "invalid_request_error");
  }
}

TEST_CASE("demo-error-NNN fails with that status, 429 says when to come back") {
  const DemoReply busy = chat(R"({"model":"demo-error-429","stream":true,"messages":[]})");
  CHECK(busy.status == 429);
  CHECK(busy.chunks.empty());
  CHECK(header(busy, "retry-after") == "1");
  CHECK(parsed(busy.body).at("error").at("message").as_string() ==
        "The model demo-error-429 always fails with 429");
  const DemoReply broken = post(log::Endpoint::embeddings, R"({"model":"demo-error-503","input":"x"})");
  CHECK(broken.status == 503);
  CHECK(header(broken, "retry-after").empty());
  for (const std::string_view odd :
       {"demo-error-200", "demo-error-", "demo-error-4294967296", "demo-error-600"})
    CHECK(chat(R"({"model":")" + std::string(odd) + R"(","messages":[{"role":"user","content":"x"}]})")
              .status == 200);
}

TEST_CASE("demo-cut ends its stream early, without an end mark") {
  const DemoReply reply =
      chat(R"({"model":"demo-cut","stream":true,"messages":[{"role":"user","content":"a b c d e"}]})");
  CHECK(reply.chunks.size() == 3);
  UsageReader reader;
  for (const std::string& chunk : reply.chunks) reader.feed(chunk);
  CHECK_FALSE(reader.ended());
}

TEST_CASE("The model list names the demo's models, each has its own page, and other paths are not there") {
  const auto get = [](std::string_view path) {
    return answer(log::Endpoint::other, "GET", path, {}, "", k_seed, k_now_s);
  };
  const json::value list = parsed(get("/v1/models").body);
  CHECK(list.at("object").as_string() == "list");
  CHECK(list.at("data").as_array().size() == 3);
  CHECK(parsed(get("/v1/models/demo-1").body).at("id").as_string() == "demo-1");
  CHECK(get("/v1/models/nobody").status == 404);
  CHECK(get("/v1/models/").status == 404);
  CHECK(get("/v1/foo").status == 404);
  CHECK(answer(log::Endpoint::other, "POST", "/v1/models", {}, "", k_seed, k_now_s).status == 404);
  CHECK(post(log::Endpoint::messages, R"({"model":"m"})").status == 404);
}

TEST_CASE("A long message is repeated up to its limit") {
  const json::value body = parsed(
      chat(R"({"model":"m","messages":[{"role":"user","content":")" + std::string(100'000, 'x') + "\"}]}")
          .body);
  CHECK(body.at_pointer("/choices/0/message/content").as_string().size() < k_demo_reply_bytes_max + 100);
}

}  // namespace
}  // namespace pk::provider
