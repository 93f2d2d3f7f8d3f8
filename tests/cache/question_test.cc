#include <string>

#include "cache/fixture.h"
#include "cache/semantic.h"

namespace pk::cache::test {

namespace {

std::optional<Question> asked(std::string_view body) {
  return question_of(chat(body));
}

RequestFacts completion(std::string_view body) {
  RequestFacts facts = chat(body);
  facts.endpoint = log::Endpoint::completions;
  facts.path = "/v1/completions";
  return facts;
}

constexpr std::string_view k_plain =
    R"({"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"How \u0041re you?"}]})";

}  // namespace

TEST_CASE("The words of a question are the user's") {
  CHECK(asked(k_plain)->words == "How Are you?");
  const auto turns = asked(
      R"({"messages":[{"role":"user","content":"One?"},{"role":"assistant","content":"1"},{"role":"user","content":[{"type":"text","text":"Two?"},{"type":"text","text":"Three?"}]}]})");
  REQUIRE(turns);
  CHECK(turns->words == "One?\nTwo?\nThree?");
  CHECK(question_of(completion(R"({"prompt":"Say hi"})"))->words == "Say hi");
}

TEST_CASE("What is no question for meaning is passed over") {
  const std::string_view bodies[] = {
      "",
      "[]",
      R"({"messages":)",
      R"({"messages":[]})",
      R"({"messages":"hi"})",
      R"({"messages":["hi"]})",
      R"({"messages":[{"role":"system","content":"hi"}]})",
      R"({"messages":[{"role":"user","content":""}]})",
      R"({"messages":[{"role":"user","content":null}]})",
      R"({"messages":[{"role":"user","content":{"type":"text","text":"hi"}}]})",
      R"({"messages":[{"role":"user","content":["hi"]}]})",
      R"({"messages":[{"role":"user","content":"hi","content":"ho"}]})",
      R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:"}}]}]})",
      R"({"messages":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"x"}}]}]})",
      R"({"messages":[{"role":"user","content":"hi"}],"messages":[{"role":"user","content":"ho"}]})",
      R"({"messages":[{"role":"user","content":"1"},{"role":"user","content":"2"},{"role":"user","content":"3"},{"role":"user","content":"4"},{"role":"user","content":"5"}]})",
      R"({"prompt":"hi"})",
  };
  for (const std::string_view body : bodies) {
    CAPTURE(body);
    CHECK_FALSE(asked(body));
  }
  CHECK_FALSE(question_of(completion(R"({"prompt":["a","b"]})")));
  CHECK_FALSE(question_of(completion(R"({"prompt":[1,2]})")));
  RequestFacts embeddings = chat(k_plain);
  embeddings.endpoint = log::Endpoint::embeddings;
  CHECK_FALSE(question_of(embeddings));
}

TEST_CASE("A request of four messages is taken, one of more tokens than 8190 is not") {
  const auto of_size = [](std::size_t size) {
    std::string body = R"({"messages":[{"role":"user","content":")";
    body.append(size - body.size() - 4, 'a').append("\"}]}");
    return body;
  };
  CHECK(asked(of_size(k_semantic_tokens_max * 4 - 1)));
  CHECK_FALSE(asked(of_size(k_semantic_tokens_max * 4)));
  CHECK(asked(
      R"({"messages":[{"role":"user","content":"1"},{"role":"user","content":"2"},{"role":"user","content":"3"},{"role":"user","content":"4"}]})"));
}

TEST_CASE("Only the user's words may differ within a partition") {
  const Digest partition = asked(k_plain)->partition;
  const std::string_view same[] = {
      R"({"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Other words"}]})",
      R"({"messages":[{"content":"Be brief.","role":"system"},{"content":"x","role":"user"}], "model" : "m"})",
      R"({"model":"m","stream":true,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"x"}]}]})",
  };
  for (const std::string_view body : same) {
    CAPTURE(body);
    CHECK(asked(body)->partition == partition);
  }
  const std::string_view others[] = {
      R"({"model":"n","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"x"}]})",
      R"({"model":"m","messages":[{"role":"system","content":"Be long."},{"role":"user","content":"x"}]})",
      R"({"model":"m","messages":[{"role":"user","content":"x"}]})",
      R"({"model":"m","messages":[{"role":"user","content":"x"},{"role":"system","content":"Be brief."}]})",
      R"({"model":"m","temperature":0,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"x"}]})",
      R"({"model":"m","tools":[],"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"x"}]})",
      R"({"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","name":"ann","content":"x"}]})",
      R"({"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"x","cache_control":{}}]}]})",
      R"({"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"x"},{"role":"assistant","content":"y"}]})",
  };
  for (const std::string_view body : others) {
    CAPTURE(body);
    CHECK(asked(body)->partition != partition);
  }
  RequestFacts facts = chat(k_plain);
  facts.credential = "another";
  CHECK(question_of(facts)->partition != partition);
  facts = chat(k_plain);
  facts.metadata = {{"team", "red"}};
  CHECK(question_of(facts)->partition != partition);
  facts = chat(k_plain);
  facts.name_space = "shared";
  CHECK(question_of(facts)->partition != partition);
}

}  // namespace pk::cache::test
