#include "provider/translation.h"

#include "decoding.h"

namespace pk::provider {
namespace {

using log::Endpoint;

const Provider& row(std::string_view slug) {
  const Provider* found = find(slug);
  REQUIRE(found != nullptr);
  return *found;
}

struct Asked {
  std::string_view slug = "openai";
  Endpoint endpoint = Endpoint::chat_completions;
  std::string_view body = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
  std::string_view path = "/v1/chat/completions";
  std::string_view query = {};
  std::string_view key = "k1";
  ProviderOptions options = {};
};

Result<WireRequest> wired(const Asked& asked) {
  const auto facts = BodyReader().read(asked.body);
  REQUIRE(facts);
  return wire_request({row(asked.slug), asked.endpoint, "POST", asked.path, asked.query, asked.body, *facts,
                       "", asked.key, asked.options, 0});
}

constexpr std::string_view k_message =
    R"({"model":"gpt-4o","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"hi"}]})";

TEST_CASE("Each pair of provider and endpoint has its way") {
  CHECK(translation_of(row("openai"), Endpoint::chat_completions) == Translation::native);
  CHECK(translation_of(row("openai"), Endpoint::messages) == Translation::front);
  CHECK(translation_of(row("openrouter"), Endpoint::messages) == Translation::native);
  CHECK(translation_of(row("demo"), Endpoint::messages) == Translation::front);
  CHECK(translation_of(row("anthropic"), Endpoint::messages) == Translation::native);
  CHECK(translation_of(row("anthropic"), Endpoint::chat_completions) == Translation::dialect);
  CHECK(translation_of(row("anthropic"), Endpoint::embeddings) == Translation::not_offered);
  CHECK(translation_of(row("azure-openai"), Endpoint::embeddings) == Translation::dialect);
  CHECK(translation_of(row("azure-openai"), Endpoint::other) == Translation::dialect);
  CHECK(translation_of(row("azure-openai"), Endpoint::messages) == Translation::front_and_dialect);
  CHECK(translation_of(row("triton"), Endpoint::messages) == Translation::not_offered);
  for (const Provider& provider : all())
    CHECK(translation_of(provider, Endpoint::other) != Translation::not_offered);
}

TEST_CASE("A native request has its address and key, and the client's body") {
  const auto request = wired({});
  REQUIRE(request);
  CHECK(request->url == "https://api.openai.com/v1/chat/completions");
  CHECK(request->headers == log::Headers{{"Authorization", "Bearer k1"}});
  CHECK(request->body_is_clients);
  CHECK(request->body.empty());
  CHECK(wired({.slug = "huggingface", .options = {{"huggingface_base_url", "https://x.hf.cloud"}}})->url ==
        "https://x.hf.cloud/v1/chat/completions");
  CHECK(answer_decoder(row("openai"), answer_facts("openai")) == nullptr);
}

TEST_CASE("A message in front of an OpenAI-shaped provider goes there as a chat completion") {
  const auto request = wired(
      {.endpoint = Endpoint::messages, .body = k_message, .path = "/v1/messages", .query = "beta=true"});
  REQUIRE(request);
  CHECK(request->url == "https://api.openai.com/v1/chat/completions");
  CHECK_FALSE(request->body_is_clients);
  CHECK(
      request->body ==
      R"({"model":"gpt-4o","messages":[{"role":"user","content":"hi"}],"max_completion_tokens":9,"stream":true,"stream_options":{"include_usage":true}})");
  CHECK(request->headers ==
        log::Headers{{"Authorization", "Bearer k1"}, {"Content-Type", "application/json"}});
}

TEST_CASE("A message in front of a provider with a dialect goes through both") {
  const ProviderOptions options = {{"azure_resource_name", "acme"}, {"azure_api_version", "2024-10-21"}};
  const auto request = wired({.slug = "azure-openai",
                              .endpoint = Endpoint::messages,
                              .body = k_message,
                              .path = "/v1/messages",
                              .options = options});
  REQUIRE(request);
  CHECK(request->url ==
        "https://acme.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21");
  CHECK(request->body.starts_with(R"({"model":"gpt-4o","messages":)"));
  AnswerFacts facts = answer_facts("azure-openai");
  facts.endpoint = Endpoint::messages;
  const auto decoder = answer_decoder(row("azure-openai"), facts);
  REQUIRE(decoder);
  CHECK(decoder->body(R"({"choices":[{"message":{"content":"x"}}]})")
            .starts_with(R"({"id":"0190","type":"message")"));
}

TEST_CASE("A message through a translating dialect and back keeps its words, tools and counts") {
  constexpr Endpoints k_chat{Endpoint::chat_completions};
  Provider provider = row("anthropic");
  provider.messages_path = "";
  provider.by_dialect = k_chat;
  REQUIRE(translation_of(provider, Endpoint::messages) == Translation::front_and_dialect);
  AnswerFacts facts = answer_facts("anthropic", false);
  facts.endpoint = Endpoint::messages;
  facts.include_usage = false;
  facts.declines_usage = true;
  constexpr std::string_view k_native =
      R"({"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"So"},{"type":"tool_use","id":"t","name":"f","input":{"n":1.50}}],)"
      R"("stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":5,"cache_creation_input_tokens":7,"cache_read_input_tokens":3,"output_tokens":2}})";
  CHECK(answer_decoder(provider, facts)->body(k_native) == k_native);

  const std::string stream =
      "event: message_start\ndata: "
      "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"model\":\"claude\",\"usage\":{\"input_"
      "tokens\":5,\"cache_read_input_tokens\":3,\"output_tokens\":1}}}\n\n"
      "data: "
      "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
      "data: "
      "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}}\n\n"
      "data: "
      "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\"},\"usage\":{\"output_tokens\":2}"
      "}\n\n"
      "data: {\"type\":\"message_stop\"}\n\n";
  const auto decoder = answer_decoder(provider, facts);
  const std::string out = decoded(*decoder, stream);
  check_every_cut([&] { return answer_decoder(provider, facts); }, stream, out);
  CHECK(decoder->broken().empty());
  CHECK(out.find(R"("text":"Hi")") != std::string::npos);
  CHECK(out.find(R"("stop_reason":"max_tokens")") != std::string::npos);
  CHECK(usage_of_stream(out) == usage_of_stream(stream));
  CHECK(out.ends_with("data: {\"type\":\"message_stop\"}\n\n"));
}

TEST_CASE("An error of the inner form reaches an Anthropic client in its own, named once") {
  Provider provider = row("anthropic");
  provider.messages_path = "";
  AnswerFacts facts = answer_facts();
  facts.endpoint = Endpoint::messages;
  const auto decoder = answer_decoder(provider, facts);
  CHECK(
      decoder->body(R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})") ==
      R"({"type":"error","error":{"type":"overloaded_error","message":"anthropic error: Overloaded"},"provider":"anthropic"})");
  CHECK(decoder->broken() == "Overloaded");
}

TEST_CASE("The built-in provider answers the chat completion that a message becomes") {
  const auto front = front_body(row("demo"), k_message);
  REQUIRE(front);
  CHECK(front->facts.model == "gpt-4o");
  CHECK(front->facts.stream);
  CHECK(front->facts.include_usage);
}

TEST_CASE("What is not offered or cannot be said is refused with words") {
  CHECK(wired({.slug = "anthropic", .endpoint = Endpoint::embeddings}).error() ==
        Error{Errc::invalid, "embed is not supported by anthropic"});
  CHECK(wired({.slug = "triton", .endpoint = Endpoint::messages}).error().message ==
        "messages is not supported by triton");
  CHECK(wired({.endpoint = Endpoint::messages, .body = R"({"messages":7})"}).error().message ==
        "`messages` must be an array");
}

TEST_CASE("A key or an option with a line end makes no second header") {
  CHECK(wired({.key = "k\r\nX-Evil: 1"}).error() ==
        Error{Errc::invalid, "the value for the header Authorization holds control characters"});
  CHECK_FALSE(wired({.slug = "anthropic", .options = {{"anthropic_beta", "a\nb"}}}));
  CHECK_FALSE(
      wired({.slug = "anthropic", .endpoint = Endpoint::messages, .path = "/v1/messages", .key = "a\nb"}));
}

}  // namespace
}  // namespace pk::provider
