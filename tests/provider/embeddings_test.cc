#include "provider/embeddings.h"

#include "base/text.h"
#include "support/dialect.h"

namespace pk::provider {
namespace {

TEST_CASE("One input or several are read, and what OpenAI's form does not have") {
  const auto one = read_embeddings(R"({"model":"m","input":"a","dimensions":256,"task_type":"X"})");
  REQUIRE(one);
  CHECK(one->inputs == std::vector<std::string>{"a"});
  CHECK(one->dimensions.json() == "256");
  REQUIRE(one->own.size() == 1);
  CHECK((one->own[0].first == "task_type" && one->own[0].second.json() == "\"X\""));
  const auto several = read_embeddings(R"({"input":["a","b"],"encoding_format":"base64","user":"u"})");
  REQUIRE(several);
  CHECK(several->inputs.size() == 2);
  CHECK((several->own.empty() && several->dimensions.is_absent()));
}

TEST_CASE("Inputs that are no text are refused") {
  for (const std::string_view bad : {"{}", R"({"input":[]})", R"({"input":[1,2]})", R"({"input":[[1]]})",
                                     R"({"input":["a",1]})", R"({"input":{"a":1}})", R"({"input":null})"}) {
    const auto read = read_embeddings(bad);
    REQUIRE_FALSE(read);
    CHECK(read.error().message == "`input` must be a string or an array of strings for this provider");
  }
  std::string many = R"({"input":["a")";
  for (std::size_t i = 0; i < k_embedding_inputs_max; ++i) many += ",\"b\"";
  CHECK(read_embeddings(many + "]}").error().code == Errc::limit);
}

TEST_CASE("The list keeps the digits of the numbers") {
  const AnswerFacts facts = test_facts("acme", log::Endpoint::embeddings);
  const std::vector<JsonView> vectors = {JsonView("[0.10,-1e-3]"), JsonView("[1]")};
  CHECK(embedding_list(facts, "", vectors, tokens(5, -1, -1)) ==
        R"({"object":"list","data":[{"object":"embedding","embedding":[0.10,-1e-3],"index":0},)"
        R"({"object":"embedding","embedding":[1],"index":1}],"model":"asked-model","provider":"acme",)"
        R"("usage":{"prompt_tokens":5,"total_tokens":5}})");
  CHECK(read_back(embedding_list(facts, "m", vectors, tokens(5, -1, -1)), false).usage == tokens(5, -1, 5));
  CHECK_FALSE(read_back(embedding_list(facts, "m", vectors, {}), false).usage.known());
}

TEST_CASE("Vectors are written in base64 for those who ask: 32 bit floats, little end first") {
  CHECK(wants_base64(R"({"input":"a","encoding_format":"base64"})"));
  CHECK_FALSE(wants_base64(R"({"input":"a","encoding_format":"float"})"));
  CHECK_FALSE(wants_base64(R"({"input":"base64"})"));
  AnswerFacts facts = test_facts("acme", log::Endpoint::embeddings);
  facts.base64 = true;
  const std::vector<JsonView> vectors = {JsonView("[1,-2.5,1e300]")};
  const std::string bytes("\x00\x00\x80\x3f\x00\x00\x20\xc0\xff\xff\x7f\x7f", 12);
  CHECK(embedding_list(facts, "", vectors, {}).find("\"embedding\":\"" + base64(bytes) + "\"") !=
        std::string::npos);
}

TEST_CASE("An answer's vectors become a list; without any, or with something else, it is no answer") {
  const auto make = [] {
    return embeddings_decoder(test_facts("acme", log::Endpoint::embeddings), [](const JsonView& answer) {
      Embeddings found;
      for (const JsonView vector : answer["v"].items()) found.vectors.push_back(vector);
      found.usage.prompt_tokens = answer["n"].count(100);
      return found;
    });
  };
  CHECK(make()->body(R"({"v":[[0.10],[2]],"n":3})") ==
        R"({"object":"list","data":[{"object":"embedding","embedding":[0.10],"index":0},)"
        R"({"object":"embedding","embedding":[2],"index":1}],"model":"asked-model","provider":"acme",)"
        R"("usage":{"prompt_tokens":3,"total_tokens":3}})");
  for (const std::string_view bad : {"{}", R"({"v":[]})", R"({"v":[[1],7]})", "[]"}) {
    const auto decoder = make();
    CHECK(decoder->body(bad).starts_with("{\"error\":"));
    CHECK_FALSE(decoder->broken().empty());
  }
}

}  // namespace
}  // namespace pk::provider
