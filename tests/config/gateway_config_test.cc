#include "config/gateway_config.h"

#include "config/config_samples.h"

namespace pk::config {
namespace {

using samples::bad;
using samples::good;
using samples::parse;

constexpr std::string_view k_no_json = "Invalid config passed. You need to pass a valid json";
constexpr std::string_view k_nobody =
    "Either x-portkey-provider needs to be passed. Or the x-portkey-config header should have a valid config "
    "with "
    "provider details in it.";

TEST_CASE("What is no JSON object is no config") {
  for (const char* text : {"", "not json", "{", "{\"provider\":\"demo\"} x", "[]", "\"demo\"", "null", "7",
                           "{'a':1}", "{\"a\":\"\xff\"}"}) {
    INFO(text);
    CHECK(bad(text, true).message == k_no_json);
    CHECK(bad(text).errors.empty());
  }
  CHECK(bad(std::string(100'000, '['), true).message == k_no_json);
}

TEST_CASE("A config without a provider needs one in the request") {
  for (const char* text :
       {"{}", R"({"api_key":"k"})", R"({"retry":{}})", R"({"override_params":{"model":"gpt"}})",
        R"({"override_params":{"model":7}})", R"({"options":[]})"})
    CHECK(bad(text).message == k_nobody);
  CHECK(bad("{}", true).message == "Invalid config passed");
  CHECK(bad(R"({"retry":{}})", true).errors ==
        std::vector<std::string>{"path: retry,attempts, message: Required"});
}

TEST_CASE("A virtual key, a prompt, passthrough and a model of a virtual key name a provider") {
  for (const char* text : {R"({"virtual_key":"v"})", R"({"prompt_id":"pp-1"})", R"({"passthrough":true})",
                           R"({"override_params":{"model":"@mine/gpt-4o"}})"})
    good(text);
}

TEST_CASE("A config of the old kind is sent to the new one, after the schema") {
  CHECK(bad(R"({"provider":"demo","options":[]})").message ==
        "This version of config is not supported in this route. Please migrate to the latest version");
  CHECK(bad(R"({"provider":"openai","options":[]})").message == "Invalid config passed");
}

TEST_CASE("A config has an end") {
  const auto of_size = [](std::size_t size) {
    const std::string front = R"({"provider":"demo","x":")";
    return front + std::string(size - front.size() - 2, 'x') + "\"}";
  };
  good(of_size(k_config_bytes_max));
  CHECK(bad(of_size(k_config_bytes_max + 1)).message ==
        "Invalid config passed. It is longer than 262144 bytes");
}

TEST_CASE("Equal texts are equal configs, and a changed byte is seen") {
  const char* text = R"({"strategy":{"mode":"fallback"},"targets":[{"provider":"openai","api_key":"a"}]})";
  CHECK(good(text) == good(text));
  CHECK_FALSE(good(text) ==
              good(R"({"strategy":{"mode":"fallback"},"targets":[{"provider":"openai","api_key":"b"}]})"));
}

TEST_CASE("A config cut at any byte is refused with a reason") {
  const std::string text =
      R"({"strategy":{"mode":"conditional","conditions":[{"query":{"metadata.x":{"$in":["a"]}},
    "then":"t"}],"default":"t"},"retry":{"attempts":2},"targets":[{"name":"t","provider":"openai","api_key":"k",
    "override_params":{"a":0.7}}]})";
  good(text);
  for (std::size_t size = 0; size < text.size(); ++size)
    CHECK(bad(text.substr(0, size)).message == k_no_json);
}

TEST_CASE("A node made without a config is the one target of a plain request") {
  const Node node;
  CHECK(node.is_target());
  CHECK(node.path == "config");
  CHECK(node.leaf_end - node.leaf_begin == 1);
  CHECK_FALSE(node.inherited.retry);
}

}  // namespace
}  // namespace pk::config
