#include "provider/table.h"

#include <set>

#include "support/catch.h"

namespace pk::provider {
namespace {

TEST_CASE("Every provider is found by its slug and by no other spelling") {
  for (const Provider& row : all()) {
    INFO(row.slug);
    CHECK(find(row.slug) == &row);
    CHECK_FALSE(is_known_elsewhere(row.slug));
  }
  for (const std::string_view slug : {"", "OpenAI", "open", "openai ", "zzz", "@openai", "vertex-ai"}) {
    INFO(slug);
    CHECK(find(slug) == nullptr);
  }
}

TEST_CASE("The table has all OpenAI-shaped providers of Portkey's gateway, and ours") {
  for (const std::string_view slug :
       {"openai",       "anyscale",   "groq",       "mistral-ai",     "deepseek",       "together-ai",
        "fireworks-ai", "deepinfra",  "openrouter", "x-ai",           "cerebras",       "moonshot",
        "lingyi",       "zhipu",      "z-ai",       "dashscope",      "siliconflow",    "novita-ai",
        "nebius",       "sambanova",  "hyperbolic", "lambda",         "lepton",         "inference-net",
        "kluster-ai",   "nscale",     "krutrim",    "upstage",        "featherless-ai", "lemonfox-ai",
        "deepbricks",   "monsterapi", "ncompass",   "nextbit",        "modal",          "cometapi",
        "matterai",     "aibadgr",    "ovhcloud",   "iointelligence", "302ai",          "huggingface",
        "predibase",    "ollama",     "triton",     "perplexity-ai",  "anthropic",      "demo"}) {
    INFO(slug);
    CHECK(find(slug) != nullptr);
  }
}

TEST_CASE("Slugs that need a translation are known, but not offered") {
  for (const std::string_view slug : {"vertex-ai", "sagemaker", "workers-ai"}) {
    INFO(slug);
    CHECK(is_known_elsewhere(slug));
    CHECK(find(slug) == nullptr);
  }
  CHECK_FALSE(is_known_elsewhere("nobody"));
}

TEST_CASE("A row is whole: an https base without a slash at its end, or a reason for having none") {
  for (const Provider& row : all()) {
    INFO(row.slug);
    const bool has_base = !row.base_url.empty();
    // A dialect that makes the keys' headers may have its addresses in the table all the same.
    if (row.auth != Auth::dialect) CHECK(has_base == !(row.needs_custom_host || row.built_in));
    if (row.auth == Auth::dialect) CHECK(row.dialect != nullptr);
    if (has_base) CHECK(row.base_url.starts_with("https://"));
    CHECK_FALSE(row.base_url.ends_with('/'));
    CHECK_FALSE(row.prefix.ends_with('/'));
    if (row.auth != Auth::dialect) CHECK(row.needs_key == (row.auth != Auth::none));
    bool offers_something = false;
    for (const log::Endpoint endpoint :
         {log::Endpoint::chat_completions, log::Endpoint::completions, log::Endpoint::embeddings,
          log::Endpoint::messages, log::Endpoint::responses}) {
      const std::string_view path = path_of(row, endpoint);
      offers_something = offers_something || !path.empty() || row.by_dialect.has(endpoint);
      // One way or the other, never both.
      CHECK_FALSE((row.by_dialect.has(endpoint) && !path.empty()));
      if (row.by_dialect.has(endpoint)) CHECK(row.dialect != nullptr);
      CHECK((path.empty() || path.starts_with('/')));
    }
    CHECK(offers_something);
    CHECK(path_of(row, log::Endpoint::other).empty());
  }
}

TEST_CASE("A set of endpoints has its members and no others") {
  constexpr Endpoints none, two{log::Endpoint::other, log::Endpoint::messages};
  CHECK(two.has(log::Endpoint::other));
  CHECK(two.has(log::Endpoint::messages));
  CHECK_FALSE(two.has(log::Endpoint::chat_completions));
  CHECK_FALSE(none.has(log::Endpoint::other));
}

TEST_CASE("Only demo, ollama and triton work without a key; bedrock's may be among its options") {
  std::set<std::string_view> free;
  for (const Provider& row : all())
    if (!row.needs_key) free.insert(row.slug);
  CHECK(free == std::set<std::string_view>{"bedrock", "demo", "ollama", "triton"});
}

}  // namespace
}  // namespace pk::provider
