#include "provider/key_variables.h"

#include <algorithm>
#include <array>

namespace pk::provider {

namespace {

// Those that are not SLUG_API_KEY.
struct Row {
  std::string_view slug;
  std::array<std::string_view, 2> variables;
};
constexpr Row k_rows[] = {
    {"302ai", {"AI302_API_KEY"}},
    {"bedrock", {"AWS_BEARER_TOKEN_BEDROCK"}},
    {"cohere", {"COHERE_API_KEY", "CO_API_KEY"}},
    {"featherless-ai", {"FEATHERLESS_API_KEY"}},
    {"fireworks-ai", {"FIREWORKS_API_KEY"}},
    {"github", {"GITHUB_TOKEN"}},
    {"google", {"GEMINI_API_KEY", "GOOGLE_API_KEY"}},
    {"huggingface", {"HF_TOKEN", "HUGGINGFACE_API_KEY"}},
    {"inference-net", {"INFERENCE_API_KEY"}},
    {"kluster-ai", {"KLUSTER_API_KEY"}},
    {"lemonfox-ai", {"LEMONFOX_API_KEY"}},
    {"mistral-ai", {"MISTRAL_API_KEY"}},
    {"novita-ai", {"NOVITA_API_KEY"}},
    {"ovhcloud", {"OVH_AI_ENDPOINTS_ACCESS_TOKEN"}},
    {"perplexity-ai", {"PERPLEXITY_API_KEY"}},
    {"predibase", {"PREDIBASE_API_TOKEN", "PREDIBASE_API_KEY"}},
    {"together-ai", {"TOGETHER_API_KEY"}},
    {"x-ai", {"XAI_API_KEY"}},
    {"z-ai", {"ZAI_API_KEY"}},
    {"zhipu", {"ZHIPUAI_API_KEY"}},
};

std::string upper_name(std::string_view text) {
  std::string name(text);
  for (char& c : name) c = c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name;
}

}  // namespace

std::vector<std::string> key_variables(const Provider& provider) {
  const auto row = std::ranges::find(k_rows, provider.slug, &Row::slug);
  if (row == std::end(k_rows)) return {upper_name(provider.slug) + "_API_KEY"};
  std::vector<std::string> names;
  for (const std::string_view name : row->variables)
    if (!name.empty()) names.emplace_back(name);
  return names;
}

std::string option_variable(std::string_view option) {
  if (option == "azure_ad_token") return "AZURE_OPENAI_AD_TOKEN";
  return upper_name(option);
}

}  // namespace pk::provider
