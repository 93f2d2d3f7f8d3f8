#include "provider/google.h"

#include "support/dialect.h"

namespace pk::provider {
namespace {

TestCall call(std::string body) {
  TestCall made;
  made.row.slug = "google";
  made.row.base_url = "https://generativelanguage.googleapis.com";
  made.row.prefix = "/v1beta";
  made.body = std::move(body);
  return made;
}

constexpr std::string_view k_chat =
    R"({"model":"gemini-2.5-flash","messages":[{"role":"user","content":"hi"}])";

std::string url(const TestCall& made) {
  const auto request = made.encode(k_google);
  REQUIRE(request);
  return request->url;
}

TEST_CASE("A chat goes to generateContent, with the key in a header") {
  const auto request = call(std::string(k_chat) + "}").encode(k_google);
  REQUIRE(request);
  CHECK(request->method == "POST");
  CHECK(request->url ==
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent");
  CHECK(header(*request, "x-goog-api-key") == "k1");
  CHECK(header(*request, "Content-Type") == "application/json");
  CHECK(request->body == R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})");
  CHECK_FALSE(request->body_is_clients);
}

TEST_CASE("A streamed chat asks for server-sent events") {
  CHECK(url(call(std::string(k_chat) + R"(,"stream":true})"))
            .ends_with("/models/gemini-2.5-flash:streamGenerateContent?alt=sse"));
}

TEST_CASE("A custom host replaces the base, and models may name their collection") {
  TestCall made = call(R"({"model":"tunedModels/my x","messages":[{"role":"user","content":"hi"}]})");
  made.custom_host = "http://127.0.0.1:9";
  CHECK(url(made) == "http://127.0.0.1:9/v1beta/tunedModels/my%20x:generateContent");
  made.custom_host = "http://127.0.0.1:9/v1beta/";
  made.body = R"({"model":"models/m","messages":[{"role":"user","content":"hi"}]})";
  CHECK(url(made) == "http://127.0.0.1:9/v1beta/models/m:generateContent");
}

TEST_CASE("Embeddings go to batchEmbedContents") {
  TestCall made = call(R"({"model":"gemini-embedding-001","input":"a"})");
  made.endpoint = log::Endpoint::embeddings;
  const auto request = made.encode(k_google);
  REQUIRE(request);
  CHECK(request->url.ends_with("/models/gemini-embedding-001:batchEmbedContents"));
  CHECK(request->body.starts_with(R"({"requests":[{"model":"models/gemini-embedding-001")"));
}

TEST_CASE("Gemini: other paths pass as they are, with the key") {
  TestCall made = call("");
  made.endpoint = log::Endpoint::other;
  made.method = "GET";
  made.path = "/v1/models";
  made.query = "pageSize=5";
  const auto request = made.encode(k_google);
  REQUIRE(request);
  CHECK(request->url == "https://generativelanguage.googleapis.com/v1beta/models?pageSize=5");
  CHECK(header(*request, "x-goog-api-key") == "k1");
  CHECK(request->body_is_clients);
  CHECK(k_google.decoder(test_facts("google", log::Endpoint::other)) == nullptr);
}

TEST_CASE("Without a key no header is sent; without a model nothing is") {
  TestCall made = call(std::string(k_chat) + "}");
  made.key.clear();
  CHECK(header(*made.encode(k_google), "x-goog-api-key") == "(none)");
  CHECK(call(R"({"messages":[{"role":"user","content":"hi"}]})").encode(k_google).error().message ==
        "google needs `model` in the request body");
  made.endpoint = log::Endpoint::responses;
  CHECK_FALSE(made.encode(k_google));
}

}  // namespace
}  // namespace pk::provider
