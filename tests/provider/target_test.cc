#include "provider/target.h"

#include "support/catch.h"

namespace pk::provider {
namespace {

using log::Endpoint;

const Provider& row(std::string_view slug) {
  const Provider* found = find(slug);
  REQUIRE(found != nullptr);
  return *found;
}

std::string url(std::string_view slug, const Call& call) {
  const auto target = resolve(row(slug), call);
  return target ? target->url : "error: " + target.error().message;
}

Call proxied(std::string_view path, std::string_view query = "", std::string_view custom_host = "") {
  Call call;
  call.path = path;
  call.query = query;
  call.custom_host = custom_host;
  return call;
}

Call unified(Endpoint endpoint, std::string_view custom_host = "", std::string_view model = "m") {
  Call call;
  call.endpoint = endpoint;
  call.custom_host = custom_host;
  call.model = model;
  return call;
}

TEST_CASE("POST on the five unified paths has an endpoint, all else is other") {
  CHECK(endpoint_of_path("POST", "/v1/chat/completions") == Endpoint::chat_completions);
  CHECK(endpoint_of_path("POST", "/v1/completions") == Endpoint::completions);
  CHECK(endpoint_of_path("POST", "/v1/embeddings") == Endpoint::embeddings);
  CHECK(endpoint_of_path("POST", "/v1/messages") == Endpoint::messages);
  CHECK(endpoint_of_path("POST", "/v1/responses") == Endpoint::responses);
  for (const std::string_view path :
       {"/v1/chat/completions/", "/v1/models", "/v1/messages/count_tokens", "/v1", "/chat/completions", "",
        "/v1/proxy/chat/completions", "/V1/embeddings"})
    CHECK(endpoint_of_path("POST", path) == Endpoint::other);
  CHECK(endpoint_of_path("GET", "/v1/chat/completions") == Endpoint::other);
  CHECK(endpoint_of_path("post", "/v1/embeddings") == Endpoint::other);
}

TEST_CASE("The chat URL of each provider is that of its documentation") {
  const std::pair<std::string_view, std::string_view> expected[] = {
      {"openai", "https://api.openai.com/v1/chat/completions"},
      {"groq", "https://api.groq.com/openai/v1/chat/completions"},
      {"mistral-ai", "https://api.mistral.ai/v1/chat/completions"},
      {"deepseek", "https://api.deepseek.com/v1/chat/completions"},
      {"together-ai", "https://api.together.xyz/v1/chat/completions"},
      {"fireworks-ai", "https://api.fireworks.ai/inference/v1/chat/completions"},
      {"perplexity-ai", "https://api.perplexity.ai/chat/completions"},
      {"deepinfra", "https://api.deepinfra.com/v1/openai/chat/completions"},
      {"openrouter", "https://openrouter.ai/api/v1/chat/completions"},
      {"novita-ai", "https://api.novita.ai/v3/openai/v1/chat/completions"},
      {"lepton", "https://api.lepton.ai/api/v1/chat/completions"},
      {"z-ai", "https://api.z.ai/api/paas/v4/chat/completions"},
      {"302ai", "https://api.302.ai/v1/chat/completions"},
      {"huggingface", "https://api-inference.huggingface.co/models/m/v1/chat/completions"},
  };
  for (const auto& [slug, expected_url] : expected)
    CHECK(url(slug, unified(Endpoint::chat_completions)) == expected_url);
}

TEST_CASE("A custom host replaces the base URL, the path stays") {
  CHECK(url("openai", unified(Endpoint::chat_completions, "http://127.0.0.1:9/v1")) ==
        "http://127.0.0.1:9/v1/chat/completions");
  CHECK(url("openai", unified(Endpoint::embeddings, "http://127.0.0.1:9/v1/")) ==
        "http://127.0.0.1:9/v1/embeddings");
  CHECK(url("ollama", unified(Endpoint::chat_completions, "http://localhost:11434")) ==
        "http://localhost:11434/v1/chat/completions");
  CHECK(url("triton", unified(Endpoint::completions, "http://localhost:8000/v2/models/m")) ==
        "http://localhost:8000/v2/models/m/generate");
}

TEST_CASE("A custom host that already ends in the provider's prefix does not get it twice") {
  CHECK(url("ollama", unified(Endpoint::chat_completions, "http://localhost:11434/v1")) ==
        "http://localhost:11434/v1/chat/completions");
  CHECK(url("deepseek", proxied("/v1/models", "", "http://localhost:1/v1")) ==
        "http://localhost:1/v1/models");
}

TEST_CASE("What a provider cannot do is said in Portkey's words") {
  CHECK(url("anthropic", unified(Endpoint::embeddings)) == "error: embed is not supported by anthropic");
  CHECK(url("anthropic", unified(Endpoint::chat_completions)) ==
        "error: chatComplete is not supported by anthropic");
  CHECK(url("openai", unified(Endpoint::messages)) == "error: messages is not supported by openai");
  CHECK(url("triton", unified(Endpoint::chat_completions, "http://h")) ==
        "error: chatComplete is not supported by triton");
  CHECK(url("ollama", unified(Endpoint::chat_completions)) == "error: ollama needs a custom host");
  CHECK(url("demo", unified(Endpoint::chat_completions)) == "error: demo is built in and has no URL");
}

TEST_CASE("Proxied paths lose /v1 or /v1/proxy and keep path and query byte for byte") {
  CHECK(url("openai", proxied("/v1/foo/bar", "x=1")) == "https://api.openai.com/v1/foo/bar?x=1");
  CHECK(url("openai", proxied("/v1/proxy/foo/bar", "x=1&y=%20")) ==
        "https://api.openai.com/v1/foo/bar?x=1&y=%20");
  CHECK(url("openai", proxied("/v1/proxyfoo")) == "https://api.openai.com/v1/proxyfoo");
  CHECK(url("openai", proxied("/v1/a/../b//c%2F")) == "https://api.openai.com/v1/a/../b//c%2F");
  CHECK(url("openai", proxied("/v1/models", "", "http://127.0.0.1:9/v1")) == "http://127.0.0.1:9/v1/models");
}

TEST_CASE("OpenAI's own families stand behind a provider's prefix, other paths do not") {
  CHECK(url("together-ai", proxied("/v1/models")) == "https://api.together.xyz/v1/models");
  CHECK(url("together-ai", proxied("/v1/images/generations")) ==
        "https://api.together.xyz/v1/images/generations");
  CHECK(url("together-ai", proxied("/v1/proxy/models")) == "https://api.together.xyz/models");
  CHECK(url("deepseek", proxied("/v1/user/balance")) == "https://api.deepseek.com/user/balance");
  CHECK(url("ollama", proxied("/v1/api/tags", "", "http://localhost:11434")) ==
        "http://localhost:11434/api/tags");
  CHECK(url("ollama", proxied("/v1/models", "", "http://localhost:11434")) ==
        "http://localhost:11434/v1/models");
  CHECK(url("huggingface", proxied("/v1/models")) == "https://api-inference.huggingface.co/models");
}

TEST_CASE("A double v1 collapses for anthropic alone") {
  CHECK(url("anthropic", proxied("/v1/v1/messages")) == "https://api.anthropic.com/v1/messages");
  CHECK(url("anthropic", proxied("/v1/messages/count_tokens")) ==
        "https://api.anthropic.com/v1/messages/count_tokens");
  CHECK(url("anthropic", unified(Endpoint::messages)) == "https://api.anthropic.com/v1/messages");
  CHECK(url("openai", proxied("/v1/v1/x")) == "https://api.openai.com/v1/v1/x");
}

TEST_CASE("Bytes that no URL has are refused in paths and queries") {
  for (const std::string_view bad :
       {"/v1/a b", "/v1/a#b", "/v1/a\r\nHost: x", "/v1/\x7f", "/v1/\xc3\xa9", "/v2/x", "", "/v10/x"}) {
    INFO(bad);
    CHECK_FALSE(resolve(row("openai"), proxied(bad)));
  }
  CHECK_FALSE(resolve(row("openai"), proxied("/v1/a", "x=\n")));
  CHECK(resolve(row("openai"), proxied("/v1/a", std::string(k_url_bytes_max, 'x'))).error().code ==
        Errc::limit);
}

TEST_CASE("A model in the path is encoded and cannot lead out of its place") {
  CHECK(url("huggingface", unified(Endpoint::chat_completions, "", "meta-llama/Llama 3?x#y")) ==
        "https://api-inference.huggingface.co/models/meta-llama/Llama%203%3Fx%23y/v1/chat/completions");
  CHECK(url("huggingface", unified(Endpoint::chat_completions, "", "../../admin"))
            .starts_with("error: `model`"));
  CHECK(url("huggingface", unified(Endpoint::chat_completions, "", "")) ==
        "error: huggingface needs `model` in the request body");
  Call call = unified(Endpoint::chat_completions, "", "llama-3:adapter");
  CHECK(url("predibase", call) == "error: predibase needs `user` in the request body");
  call.user = "u1";
  CHECK(url("predibase", call) ==
        "https://serving.app.predibase.com/u1/deployments/v2/llms/llama-3/v1/chat/completions");
}

TEST_CASE("A base URL of one's own for huggingface has no model in the path") {
  Call call = unified(Endpoint::chat_completions, "", "");
  call.huggingface_base_url = "https://x.endpoints.huggingface.cloud/";
  CHECK(url("huggingface", call) == "https://x.endpoints.huggingface.cloud/v1/chat/completions");
}

TEST_CASE("The key travels as the provider wants it") {
  CHECK(auth_headers(row("openai"), "k1") == log::Headers{{"Authorization", "Bearer k1"}});
  CHECK(auth_headers(row("anthropic"), "k1") ==
        log::Headers{{"X-API-Key", "k1"}, {"anthropic-version", "2023-06-01"}});
  CHECK(auth_headers(row("anthropic"), "") == log::Headers{{"anthropic-version", "2023-06-01"}});
  CHECK(auth_headers(row("ollama"), "").empty());
  CHECK(auth_headers(row("ollama"), "k1") == log::Headers{{"Authorization", "Bearer k1"}});
  CHECK(auth_headers(row("demo"), "k1").empty());
}

}  // namespace
}  // namespace pk::provider
