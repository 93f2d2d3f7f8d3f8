#include "provider/table.h"

#include <algorithm>
#include <array>

#include "provider/anthropic.h"
#include "provider/azure.h"
#include "provider/bedrock.h"
#include "provider/cohere.h"
#include "provider/google.h"

namespace pk::provider {

namespace {

// A provider whose wire form is OpenAI's. It has the paths of all of OpenAI's endpoints: where it does not
// serve one, its own 404 says so better than we could.
constexpr Provider openai_shaped(std::string_view slug, std::string_view base_url,
                                 std::string_view prefix = "") {
  Provider row;
  row.slug = slug;
  row.base_url = base_url;
  row.prefix = prefix;
  row.chat_path = "/chat/completions";
  row.completions_path = "/completions";
  row.embeddings_path = "/embeddings";
  row.responses_path = "/responses";
  return row;
}

// Serves Anthropic's messages beside OpenAI's paths.
constexpr Provider with_messages(Provider row) {
  row.messages_path = "/messages";
  return row;
}

// Runs on a machine of the user's: no key, no public host. Its custom host has no /v1.
constexpr Provider self_hosted(Provider row) {
  row.auth = Auth::none;
  row.needs_key = false;
  row.needs_custom_host = true;
  return row;
}

// https://docs.anthropic.com/en/api/messages. Its own form passes, chat completions are translated.
constexpr Provider anthropic() {
  Provider row;
  row.slug = "anthropic";
  row.base_url = "https://api.anthropic.com/v1";
  row.messages_path = "/messages";
  row.auth = Auth::anthropic;
  row.dialect = &k_anthropic;
  row.by_dialect = {log::Endpoint::chat_completions};
  return row;
}

// OpenAI's bodies at an address that is made of options.
constexpr Provider azure(std::string_view slug, const Dialect& dialect) {
  Provider row;
  row.slug = slug;
  row.auth = Auth::dialect;
  row.dialect = &dialect;
  row.by_dialect = {log::Endpoint::other, log::Endpoint::chat_completions, log::Endpoint::completions,
                    log::Endpoint::embeddings, log::Endpoint::responses};
  return row;
}

// Has a form of its own for all that it serves.
constexpr Provider translated(std::string_view slug, std::string_view base_url, std::string_view prefix,
                              const Dialect& dialect) {
  Provider row;
  row.slug = slug;
  row.base_url = base_url;
  row.prefix = prefix;
  row.auth = Auth::dialect;
  row.dialect = &dialect;
  row.by_dialect = {log::Endpoint::other, log::Endpoint::chat_completions, log::Endpoint::embeddings};
  return row;
}

// Its address is made of the region; what signs for it may be no key but a pair of them.
constexpr Provider bedrock() {
  Provider row = translated("bedrock", "", "", k_bedrock);
  row.needs_key = false;
  return row;
}

// https://docs.nvidia.com/deeplearning/triton-inference-server: the generate extension.
constexpr Provider triton() {
  Provider row;
  row.slug = "triton";
  row.completions_path = "/generate";
  return self_hosted(row);
}

constexpr Provider demo() {
  Provider row = openai_shaped("demo", "");
  row.responses_path = "";
  row.auth = Auth::none;
  row.needs_key = false;
  row.built_in = true;
  return row;
}

// Sorted by slug.
constexpr std::array k_providers = {
    openai_shaped("302ai", "https://api.302.ai", "/v1"),
    openai_shaped("aibadgr", "https://aibadgr.com/api/v1"),
    anthropic(),
    openai_shaped("anyscale", "https://api.endpoints.anyscale.com/v1"),
    azure("azure-ai", k_azure_ai),
    azure("azure-openai", k_azure_openai),
    bedrock(),
    openai_shaped("cerebras", "https://api.cerebras.ai/v1"),
    translated("cohere", "https://api.cohere.com", "/v2", k_cohere),
    openai_shaped("cometapi", "https://api.cometapi.com/v1"),
    openai_shaped("dashscope", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"),
    openai_shaped("deepbricks", "https://api.deepbricks.ai/v1"),
    openai_shaped("deepinfra", "https://api.deepinfra.com/v1/openai"),
    openai_shaped("deepseek", "https://api.deepseek.com", "/v1"),
    demo(),
    openai_shaped("featherless-ai", "https://api.featherless.ai/v1"),
    openai_shaped("fireworks-ai", "https://api.fireworks.ai/inference/v1"),
    openai_shaped("github", "https://models.inference.ai.azure.com"),
    translated("google", "https://generativelanguage.googleapis.com", "/v1beta", k_google),
    openai_shaped("groq", "https://api.groq.com/openai/v1"),
    openai_shaped("huggingface", "https://api-inference.huggingface.co", "/models/{model}/v1"),
    openai_shaped("hyperbolic", "https://api.hyperbolic.xyz", "/v1"),
    openai_shaped("inference-net", "https://api.inference.net/v1"),
    openai_shaped("iointelligence", "https://api.intelligence.io.solutions/api/v1"),
    openai_shaped("kluster-ai", "https://api.kluster.ai/v1"),
    openai_shaped("krutrim", "https://cloud.olakrutrim.com/v1"),
    openai_shaped("lambda", "https://api.lambdalabs.com/v1"),
    openai_shaped("lemonfox-ai", "https://api.lemonfox.ai/v1"),
    openai_shaped("lepton", "https://api.lepton.ai", "/api/v1"),
    openai_shaped("lingyi", "https://api.lingyiwanwu.com", "/v1"),
    openai_shaped("matterai", "https://api.matterai.so/v1"),
    openai_shaped("mistral-ai", "https://api.mistral.ai/v1"),
    openai_shaped("modal", "https://api.modal.com/v1"),
    openai_shaped("monsterapi", "https://llm.monsterapi.ai/v1"),
    openai_shaped("moonshot", "https://api.moonshot.cn", "/v1"),
    openai_shaped("ncompass", "https://api.ncompass.tech/v1"),
    openai_shaped("nebius", "https://api.studio.nebius.ai/v1"),
    openai_shaped("nextbit", "https://api.nextbit256.com/v1"),
    openai_shaped("novita-ai", "https://api.novita.ai/v3/openai", "/v1"),
    openai_shaped("nscale", "https://inference.api.nscale.com/v1"),
    // Portkey's gateway sends embeddings to /api/embeddings, which is not OpenAI's form; /v1/embeddings is.
    self_hosted(with_messages(openai_shaped("ollama", "", "/v1"))),
    openai_shaped("openai", "https://api.openai.com/v1"),
    with_messages(openai_shaped("openrouter", "https://openrouter.ai/api", "/v1")),
    openai_shaped("ovhcloud", "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1"),
    openai_shaped("perplexity-ai", "https://api.perplexity.ai"),
    openai_shaped("predibase", "https://serving.app.predibase.com", "/{user}/deployments/v2/llms/{model}/v1"),
    openai_shaped("sambanova", "https://api.sambanova.ai", "/v1"),
    openai_shaped("siliconflow", "https://api.siliconflow.cn/v1"),
    openai_shaped("together-ai", "https://api.together.xyz", "/v1"),
    triton(),
    openai_shaped("upstage", "https://api.upstage.ai/v1/solar"),
    openai_shaped("x-ai", "https://api.x.ai/v1"),
    openai_shaped("z-ai", "https://api.z.ai/api/paas/v4"),
    openai_shaped("zhipu", "https://open.bigmodel.cn/api/paas/v4"),
};

constexpr std::array<std::string_view, 21> k_elsewhere = {
    "ai21",      "bytez",   "cortex",       "jina",    "meshy",      "milvus",  "nomic",
    "oracle",    "palm",    "portkey",      "qdrant",  "recraft-ai", "reka-ai", "replicate",
    "sagemaker", "segmind", "stability-ai", "tripo3d", "vertex-ai",  "voyage",  "workers-ai",
};

static_assert(std::ranges::is_sorted(k_providers, std::ranges::less{}, &Provider::slug));

}  // namespace

std::span<const Provider> all() {
  return k_providers;
}

const Provider* find(std::string_view slug) {
  const auto at = std::ranges::lower_bound(k_providers, slug, std::ranges::less{}, &Provider::slug);
  return at != k_providers.end() && at->slug == slug ? &*at : nullptr;
}

bool is_known_elsewhere(std::string_view slug) {
  return std::ranges::find(k_elsewhere, slug) != k_elsewhere.end();
}

std::string_view path_of(const Provider& provider, log::Endpoint endpoint) {
  switch (endpoint) {
    case log::Endpoint::chat_completions:
      return provider.chat_path;
    case log::Endpoint::completions:
      return provider.completions_path;
    case log::Endpoint::embeddings:
      return provider.embeddings_path;
    case log::Endpoint::messages:
      return provider.messages_path;
    case log::Endpoint::responses:
      return provider.responses_path;
    case log::Endpoint::other:
      break;
  }
  return "";
}

std::string_view reference_name(log::Endpoint endpoint) {
  switch (endpoint) {
    case log::Endpoint::chat_completions:
      return "chatComplete";
    case log::Endpoint::completions:
      return "complete";
    case log::Endpoint::embeddings:
      return "embed";
    case log::Endpoint::messages:
      return "messages";
    case log::Endpoint::responses:
      return "createModelResponse";
    case log::Endpoint::other:
      break;
  }
  return "proxy";
}

}  // namespace pk::provider
