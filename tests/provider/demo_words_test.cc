#include "provider/demo_words.h"

#include "base/json.h"
#include "provider/demo.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

TEST_CASE("Tokens are estimated at one per four bytes, rounded up") {
  CHECK(demo_tokens("") == 0);
  CHECK(demo_tokens("a") == 1);
  CHECK(demo_tokens("abcd") == 1);
  CHECK(demo_tokens("abcde") == 2);
}

TEST_CASE("The prompt of a chat is counted over all its messages and tools") {
  const DemoWords words =
      chat_words(R"({"messages":[{"role":"system","content":"12345678"},{"role":"user","content":"1234"}],
    "tools":[{"type":"function","function":{"name":"abcd"}}]})");
  CHECK(words.problem == nullptr);
  CHECK(words.prompt_tokens == (4 + 2) + (4 + 1) + (4 + 1));
}

TEST_CASE("A tool without properties is called with an empty object") {
  const DemoWords words = chat_words(
      R"({"messages":[{"role":"user","content":"use the tool"}],"tools":[{"function":{"name":"now"}}]})");
  CHECK(words.tool == "now");
  CHECK(words.tool_arguments == "{}");
  CHECK(words.finish_reason == "tool_calls");
  CHECK(words.reply.empty());
}

TEST_CASE("A tool's property name is written as JSON, whatever it holds") {
  const DemoWords words = chat_words(
      R"({"messages":[{"role":"user","content":"a \"tool\"\n"}],"tools":[{"function":{"name":"t","parameters":{"properties":{"a\"b":{}}}}}]})");
  CHECK(words.tool_arguments == R"({"a\"b":"a \"tool\"\n"})");
}

TEST_CASE("Only a longer word of a tool's name asks for it") {
  const auto called = [](std::string_view message) {
    return chat_words(R"({"messages":[{"role":"user","content":")" + std::string(message) +
                      R"("}],"tools":[{"function":{"name":"get_city-list"}}]})")
        .tool;
  };
  CHECK(called("Which City is it?") == "get_city-list");
  CHECK(called("make a list") == "get_city-list");
  CHECK(called("I get it").empty());
  CHECK(called("").empty());
}

TEST_CASE("Messages without a user's get an answer all the same") {
  CHECK(chat_words(R"({"messages":[{"role":"system","content":"x"}]})").reply ==
        "This is the demo provider. You said: ");
  CHECK(chat_words(R"({"messages":[7,null,{"content":{"a":1}}]})").problem == nullptr);
  CHECK(chat_words(R"({"messages":[]})").problem != nullptr);
}

TEST_CASE("A prompt of several texts answers the last one") {
  CHECK(completion_words(R"({"prompt":["one","two\n"]})").reply ==
        "This is the demo provider. You said: two");
  CHECK(completion_words(R"({"prompt":[1,2]})").problem == nullptr);
  CHECK(completion_words(R"({"prompt":7})").problem != nullptr);
}

TEST_CASE("Embeddings count their tokens and are JSON in either encoding") {
  const DemoEmbeddings plain = embed(R"({"input":["abcd","abcde"],"dimensions":4})");
  CHECK(plain.tokens == 3);
  REQUIRE(plain.vectors.size() == 2);
  CHECK((plain.vectors[0].starts_with('[') && is_json(plain.vectors[0])));
  const DemoEmbeddings coded = embed(R"({"input":[[1,2],[3]],"dimensions":4,"encoding_format":"base64"})");
  CHECK(coded.tokens == 3);
  // 16 bytes are 24 letters, and two quotes.
  CHECK((coded.vectors[0].size() == 26 && is_json(coded.vectors[0])));
}

TEST_CASE("More inputs than the limit are refused") {
  std::string inputs = "\"x\"";
  for (std::size_t i = 1; i < k_demo_inputs_max; ++i) inputs += ",\"x\"";
  CHECK(embed("{\"dimensions\":1,\"input\":[" + inputs + "]}").problem == nullptr);
  CHECK(embed("{\"dimensions\":1,\"input\":[" + inputs + ",\"x\"]}").problem != nullptr);
}

}  // namespace
}  // namespace pk::provider
