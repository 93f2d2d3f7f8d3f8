#include "provider/cohere.h"

#include "support/dialect.h"

namespace pk::provider {
namespace {

TestCall call(std::string body) {
  TestCall made;
  made.row.slug = "cohere";
  made.row.base_url = "https://api.cohere.com";
  made.row.prefix = "/v2";
  made.body = std::move(body);
  return made;
}

TEST_CASE("A chat goes to /v2/chat with a bearer") {
  const auto request =
      call(R"({"model":"command-a-03-2025","messages":[{"role":"user","content":"hi"}],"stream":true})")
          .encode(k_cohere);
  REQUIRE(request);
  CHECK(request->url == "https://api.cohere.com/v2/chat");
  CHECK(header(*request, "Authorization") == "Bearer k1");
  CHECK(header(*request, "Content-Type") == "application/json");
  CHECK(request->body ==
        R"({"model":"command-a-03-2025","messages":[{"role":"user","content":"hi"}],"stream":true})");
}

TEST_CASE("Embeddings go to /v2/embed, at a custom host too") {
  TestCall made = call(R"({"model":"embed-v4.0","input":"a"})");
  made.endpoint = log::Endpoint::embeddings;
  made.custom_host = "http://127.0.0.1:9/";
  const auto request = made.encode(k_cohere);
  REQUIRE(request);
  CHECK(request->url == "http://127.0.0.1:9/v2/embed");
}

TEST_CASE("Cohere: other paths pass as they are, with the key") {
  TestCall made = call("{}");
  made.endpoint = log::Endpoint::other;
  made.path = "/v1/proxy/v2/rerank";
  const auto request = made.encode(k_cohere);
  REQUIRE(request);
  CHECK(request->url == "https://api.cohere.com/v2/rerank");
  CHECK(header(*request, "Authorization") == "Bearer k1");
  CHECK(request->body_is_clients);
  CHECK(k_cohere.decoder(test_facts("cohere", log::Endpoint::other)) == nullptr);
}

TEST_CASE("What is not offered or cannot be read is refused") {
  TestCall made = call("{}");
  CHECK(made.encode(k_cohere).error().message == "`messages` must be an array");
  made.endpoint = log::Endpoint::completions;
  CHECK(made.encode(k_cohere).error().message == "cohere does not offer this endpoint");
}

}  // namespace
}  // namespace pk::provider
