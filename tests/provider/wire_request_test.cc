#include "provider/wire_request.h"

#include "support/dialect.h"

namespace pk::provider {
namespace {

std::string base_of(std::string_view base, std::string_view prefix, std::string custom_host) {
  Provider row;
  row.base_url = base;
  row.prefix = prefix;
  const BodyFacts facts;
  const ProviderOptions options;
  return base_and_prefix(
      {row, log::Endpoint::chat_completions, "POST", "", "", "", facts, custom_host, "", options, 0});
}

TEST_CASE("A custom host replaces the base URL, and the prefix stands once") {
  CHECK(base_of("https://a.example", "/v2", "") == "https://a.example/v2");
  CHECK(base_of("https://a.example", "/v2", "http://127.0.0.1:9/") == "http://127.0.0.1:9/v2");
  CHECK(base_of("https://a.example", "/v2", "http://127.0.0.1:9/v2/") == "http://127.0.0.1:9/v2");
  CHECK(base_of("https://a.example", "", "http://h//") == "http://h");
}

TEST_CASE("A model's name is one path segment, whatever it holds") {
  CHECK(*model_segment("gemini-2.5-flash", "google") == "gemini-2.5-flash");
  CHECK(*model_segment("anthropic.claude-v1:0", "bedrock") == "anthropic.claude-v1%3A0");
  CHECK(*model_segment("arn:aws:x/y", "bedrock") == "arn%3Aaws%3Ax%2Fy");
  CHECK(*model_segment("a b?#%\xC3\xA9", "x") == "a%20b%3F%23%25%C3%A9");
  CHECK(*model_segment("../x", "x") == "..%2Fx");
  CHECK(model_segment("", "google").error().message == "google needs `model` in the request body");
  CHECK_FALSE(model_segment("..", "google"));
  CHECK_FALSE(model_segment(".", "google"));
}

TEST_CASE("A path that is none of the unified ones passes with method, query and body") {
  TestCall call;
  call.row.slug = "cohere";
  call.row.base_url = "https://api.cohere.com";
  call.row.prefix = "/v2";
  const BodyFacts facts;
  const ProviderOptions options;
  const auto request = passed_on(
      {call.row, log::Endpoint::other, "GET", "/v1/models", "page=2", "", facts, "", "k", options, 0});
  REQUIRE(request);
  CHECK(request->method == "GET");
  CHECK(request->url == "https://api.cohere.com/v2/models?page=2");
  CHECK(request->body_is_clients);
  CHECK(request->headers.empty());
}

TEST_CASE("Each endpoint has its encoder, and one that has none is refused") {
  const Encoders encoders = {
      [](const ClientCall&) -> Result<WireRequest> { return json_request("chat", ""); },
      [](const ClientCall&) -> Result<WireRequest> { return json_request("embed", ""); },
      [](const ClientCall&) -> Result<WireRequest> { return json_request("other", ""); }};
  TestCall call;
  call.row.slug = "acme";
  const BodyFacts facts;
  const auto encoded = [&](log::Endpoint endpoint) {
    return encoded_by(encoders, {call.row, endpoint, "POST", "", "", "", facts, "", "", call.options, 0});
  };
  CHECK(encoded(log::Endpoint::chat_completions)->url == "chat");
  CHECK(encoded(log::Endpoint::embeddings)->url == "embed");
  CHECK(encoded(log::Endpoint::other)->url == "other");
  CHECK(encoded(log::Endpoint::responses).error() ==
        Error{Errc::invalid, "acme does not offer this endpoint"});
}

}  // namespace
}  // namespace pk::provider
