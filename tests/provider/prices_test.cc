#include "provider/prices.h"

#include <set>
#include <string>

#include "provider/table.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

constexpr std::optional<double> none = std::nullopt;

Usage tokens(std::int64_t prompt, std::int64_t completion) {
  Usage usage;
  usage.prompt_tokens = prompt;
  usage.completion_tokens = completion;
  return usage;
}

TEST_CASE("The table has at least 300 models, each once, at prices that can be") {
  CHECK(all_prices().size() >= 300);
  std::set<std::string> seen;
  for (const PriceRow& row : all_prices()) {
    INFO(row.provider << " " << row.model);
    CHECK(seen.insert(std::string(row.provider) + "\n" + std::string(row.model)).second);
    CHECK(row.price.input >= 0);
    CHECK(row.price.input < 200);
    CHECK(row.price.output >= 0);
    CHECK(row.price.output < 1000);
    CHECK(row.price.input + row.price.output > 0);
    CHECK(row.price.cached_input.value_or(0) <= row.price.input);
    CHECK((find(row.provider) != nullptr || is_known_elsewhere(row.provider)));
    CHECK(price_of(row.provider, row.model) == row.price);
  }
}

TEST_CASE("Prices are those of the collection that prices.def names") {
  // Copied from the same collection that prices.def was made from, each row on its own: this catches a slip
  // of the table, not one of the collection.
  const PriceRow expected[] = {
      {"openai", "gpt-4o", {2.5, 1.25, none, 10}},
      {"openai", "gpt-4o-2024-05-13", {5, none, none, 15}},
      {"openai", "gpt-4o-mini", {0.15, 0.075, none, 0.6}},
      {"openai", "gpt-4.1", {2, 0.5, none, 8}},
      {"openai", "gpt-3.5-turbo", {0.5, none, none, 1.5}},
      {"openai", "gpt-4-turbo", {10, none, none, 30}},
      {"openai", "gpt-5.6", {5, 0.5, 6.25, 30}},
      {"openai", "ft:gpt-4o-mini-2024-07-18", {0.3, 0.15, none, 1.2}},
      {"anthropic", "claude-3-5-haiku-20241022", {0.8, 0.08, 1, 4}},
      {"anthropic", "claude-3-haiku-20240307", {0.25, 0.03, 0.3, 1.25}},
      {"anthropic", "claude-opus-4-1", {15, 1.5, 18.75, 75}},
      {"anthropic", "claude-opus-4-5", {5, 0.5, 6.25, 25}},
      {"anthropic", "claude-sonnet-4-5", {3, 0.3, 3.75, 15}},
      {"anthropic", "claude-haiku-4-5", {1, 0.1, 1.25, 5}},
      {"groq", "llama-3.1-8b-instant", {0.05, none, none, 0.08}},
      {"groq", "llama-3.3-70b-versatile", {0.59, none, none, 0.79}},
      {"groq", "moonshotai/kimi-k2-instruct-0905", {1, 0.5, none, 3}},
      {"mistral-ai", "codestral-latest", {0.3, none, none, 0.9}},
      {"mistral-ai", "mistral-embed", {0.1, none, none, 0}},
      {"mistral-ai", "mistral-large-latest", {0.5, none, none, 1.5}},
      {"deepseek", "deepseek-chat", {0.14, 0.0028, none, 0.28}},
      {"deepseek", "deepseek-v4-pro", {0.435, 0.003625, none, 0.87}},
      {"perplexity-ai", "sonar-pro", {3, none, none, 15}},
      {"perplexity-ai", "sonar-reasoning", {1, none, none, 5}},
      {"x-ai", "grok-3-mini-fast", {0.3, 0.075, none, 0.5}},
      {"x-ai", "grok-4", {3, none, none, 15}},
      {"cohere", "command-r-plus", {2.5, none, none, 10}},
      {"cerebras", "gpt-oss-120b", {0.35, none, none, 0.75}},
      {"cerebras", "llama-3.3-70b", {0.85, none, none, 1.2}},
      {"moonshot", "kimi-k2-turbo-preview", {1.15, 0.15, none, 8}},
      {"z-ai", "glm-4.6", {0.6, 0.11, none, 2.2}},
      {"google", "gemini-2.5-flash", {0.3, 0.03, none, 2.5}},
      {"google", "gemini-1.5-pro", {1.25, none, none, 5}},
      {"openai", "text-embedding-3-small", {0.02, none, none, 0}},
  };
  for (const PriceRow& row : expected) {
    INFO(row.provider << " " << row.model);
    CHECK(price_of(row.provider, row.model) == row.price);
  }
}

TEST_CASE("A date or -latest at the end of a name is looked through, after the exact name") {
  CHECK(price_of("openai", "gpt-4o-2031-01-31") == price_of("openai", "gpt-4o"));
  CHECK(price_of("openai", "gpt-4o-2024-05-13") != price_of("openai", "gpt-4o"));
  CHECK(price_of("anthropic", "claude-sonnet-5-20310131") == price_of("anthropic", "claude-sonnet-5"));
  CHECK(price_of("x-ai", "grok-4.6-latest") == price_of("x-ai", "grok-4.6"));
  CHECK(price_of("google", "models/gemini-2.5-flash") == price_of("google", "gemini-2.5-flash"));
  CHECK(price_of("fireworks-ai", "accounts/fireworks/models/gpt-oss-20b") ==
        price_of("fireworks-ai", "gpt-oss-20b"));
  CHECK(price_of("openai", "ft:gpt-4o-mini:acme::abc") == price_of("openai", "ft:gpt-4o-mini"));
}

TEST_CASE("A name that only looks alike has no price") {
  for (const std::string_view model :
       {"", "gpt-4o-", "gpt-4o-2024-05", "gpt-4o-20a40806", "GPT-4o", "gpt", "-latest", "ft:", "2024-05-13",
        "ft:unknown:x", "models/", "gpt-4o-12345678"}) {
    INFO(model);
    CHECK_FALSE(price_of("openai", model));
  }
  CHECK_FALSE(price_of("", "gpt-4o"));
  CHECK_FALSE(price_of("ollama", "gpt-4o"));
  CHECK_FALSE(price_of("groq", "gpt-4o"));
  CHECK_FALSE(price_of("nobody", "*"));
}

TEST_CASE("A model of bedrock's has one price in all regions, unless a row says otherwise") {
  const Price sonnet = {3, 0.3, 3.75, 15};
  for (const std::string_view model :
       {"anthropic.claude-3-7-sonnet-20250219-v1:0", "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
        "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "global.anthropic.claude-sonnet-4-6",
        "apac.anthropic.claude-sonnet-4-20250514-v1:0",
        "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-20250514-v1:0",
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6"}) {
    INFO(model);
    CHECK(price_of("bedrock", model) == sonnet);
  }
  CHECK(price_of("bedrock", "us.openai.gpt-5.6-sol") == price_of("bedrock", "openai.gpt-5.6-sol"));
  CHECK(price_of("bedrock", "global.openai.gpt-5.6-sol") == Price{5, 0.5, 6.25, 30});
  CHECK(price_of("bedrock", "us-gov.anthropic.claude-sonnet-5") == Price{2.4, 0.24, 3, 12});
  CHECK(price_of("bedrock", "amazon.titan-embed-text-v2:0") == Price{0.02, none, none, 0});
  for (const std::string_view model :
       {"us.", "us.us.anthropic.claude-sonnet-4-6", "xx.anthropic.claude-sonnet-4-6", "gpt-4o",
        "arn:", "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc123"}) {
    INFO(model);
    CHECK_FALSE(price_of("bedrock", model));
  }
}

TEST_CASE("Azure asks for OpenAI's models what OpenAI asks, unless a row says otherwise") {
  for (const std::string_view model :
       {"gpt-4o", "gpt-4o-2024-08-06", "gpt-5.6", "o3", "text-embedding-3-small"})
    CHECK((price_of("openai", model) && price_of("azure-openai", model) == price_of("openai", model)));
  CHECK(price_of("azure-openai", "gpt-35-turbo") == Price{1.5, none, none, 2});
  CHECK(price_of("azure-openai", "grok-4") == Price{3, none, none, 15});
  CHECK_FALSE(price_of("azure-openai", "my-deployment"));
}

TEST_CASE("openrouter passes its vendors' list prices on") {
  CHECK(price_of("openrouter", "openai/gpt-4o") == price_of("openai", "gpt-4o"));
  CHECK(price_of("openrouter", "mistralai/mistral-small-2506") ==
        price_of("mistral-ai", "mistral-small-2506"));
  CHECK_FALSE(price_of("openrouter", "gpt-4o"));
  CHECK_FALSE(price_of("openrouter", "openai/gpt-4o:free"));
  CHECK_FALSE(price_of("openrouter", "meta-llama/llama-3.3-70b-instruct"));
}

TEST_CASE("Every model of the demo provider has a price") {
  CHECK(price_of("demo", "whatever") == Price{1, 0.1, none, 2});
  CHECK(price_of("demo", "demo-embed") == Price{0.1, none, none, 0});
}

TEST_CASE("A cost is the sum over the kinds of tokens") {
  const Price gpt_4o{2.5, 1.25, none, 10};
  CHECK(cost_usd(gpt_4o, tokens(9, 12)) == 0.0001425);
  CHECK(cost_usd(gpt_4o, tokens(1'000'000, 1'000'000)) == 12.5);
  CHECK(cost_usd(gpt_4o, tokens(0, 0)) == 0.0);
  CHECK(cost_usd({0.15, 0.075, none, 0.6}, tokens(1, 0)) == 0.00000015);
  CHECK_FALSE(cost_usd(gpt_4o, Usage{}));
}

TEST_CASE("Cached tokens and cache writes have their own prices, as parts of the prompt") {
  Usage usage = tokens(1000, 100);
  usage.cached_tokens = 400;
  usage.cache_write_tokens = 100;
  CHECK(cost_usd({3, 0.3, 3.75, 15}, usage) == (500 * 3 + 400 * 0.3 + 100 * 3.75 + 100 * 15) / 1e6);
  CHECK(cost_usd({3, none, none, 15}, usage) == (1000 * 3 + 100 * 15) / 1e6);
}

TEST_CASE("Reasoning tokens are part of the completion and cost nothing more") {
  Usage usage = tokens(10, 50);
  usage.reasoning_tokens = 40;
  CHECK(cost_usd({1, none, none, 2}, usage) == cost_usd({1, none, none, 2}, tokens(10, 50)));
}

TEST_CASE("Counts that contradict each other never make a negative or absurd cost") {
  Usage usage = tokens(10, 0);
  usage.cached_tokens = 500;
  usage.cache_write_tokens = 500;
  CHECK(cost_usd({3, 0.3, 3.75, 15}, usage) == 10 * 0.3 / 1e6);
  usage.cached_tokens = -5;
  usage.cache_write_tokens = -5;
  CHECK(cost_usd({3, 0.3, 3.75, 15}, usage) == 0.00003);
}

TEST_CASE("An embedding costs its input alone") {
  Usage usage;
  usage.prompt_tokens = 1000;
  usage.total_tokens = 1000;
  CHECK(cost_usd({0.02, none, none, 0}, usage) == 0.00002);
}

}  // namespace
}  // namespace pk::provider
