#include "serve_knowledge.h"

#include <utility>

#include "base/text.h"
#include "plan_facts.h"
#include "prompt_check.h"
#include "provider/body.h"
#include "provider/errors.h"
#include "provider/prices.h"
#include "provider/table.h"
#include "provider/target.h"
#include "provider/usage.h"
#include "provider_check.h"
#include "run_self.h"
#include "saved_facts.h"

namespace pk::cmd {

namespace {

using log::LogRecord;

Detail detail_of(bool whole) {
  return whole ? Detail::show : Detail::list;
}

void add_request_facts(LogRecord& record) {
  provider::BodyReader reader;
  const auto facts = reader.read(record.request->body);
  if (!facts) return;
  if (record.requested_model.empty()) record.requested_model = facts->model;
  if (record.model.empty()) record.model = facts->model;
  if (record.user.empty()) record.user = facts->user;
  record.stream = record.stream || facts->stream;
}

void add_response_facts(LogRecord& record, bool model_given) {
  provider::UsageReader reader;
  const std::string& body = record.response->body;
  if (body.starts_with("data:") || body.starts_with("event:")) {
    reader.feed(body);
    reader.finish();
  } else {
    reader.read_body(body);
  }
  if (!model_given && !reader.model().empty()) record.model = reader.model();
  if (!record.ok) record.error = provider::error_text(body);
  const provider::Usage usage = reader.usage();
  record.prompt_tokens = usage.prompt_tokens;
  record.completion_tokens = usage.completion_tokens;
  record.total_tokens = usage.known() ? std::optional(usage.total()) : std::nullopt;
  record.cached_tokens = usage.cached_tokens;
  record.reasoning_tokens = usage.reasoning_tokens;
  auto price = provider::price_of(record.provider, record.model);
  if (!price) price = provider::price_of(record.provider, record.requested_model);
  if (price && usage.known()) record.cost_usd = provider::cost_usd(*price, usage);
}

}  // namespace

void complete(LogRecord& record) {
  using log::Endpoint;
  record.endpoint = provider::endpoint_of_path(record.method, record.path);
  const bool replayable = record.endpoint == Endpoint::chat_completions ||
                          record.endpoint == Endpoint::completions || record.endpoint == Endpoint::embeddings;
  record.replay_blocked_by = replayable ? log::ReplayBlock::none : log::ReplayBlock::endpoint;
  const bool model_given = !record.model.empty();
  if (record.request) add_request_facts(record);
  if (record.response) add_response_facts(record, model_given);
}

admin::Knowledge make_knowledge(const std::filesystem::path& data, const CurrentRules& rules,
                                const Clock& clock) {
  admin::Knowledge know;
  know.check_config = [&rules](std::string_view json) {
    return rules.with([json](const SavedConfigRules& now) { return now.check(json); });
  };
  know.check_prompt = check_prompt_text;
  know.check_virtual_key = [&rules](const store::VirtualKeyChange& change,
                                    const store::StoredVirtualKey* before) {
    return rules.with(
        [&](const SavedConfigRules& now) { return check_virtual_key(change, before, now.trusted_hosts()); });
  };
  know.check_provider = [](std::string_view slug) -> Result<void> {
    if (slug.starts_with('@')) return {};
    return check_provider(slug);
  };
  know.config_json = [&clock](const store::StoredConfig& config, bool whole) {
    return facts_json(facts_of(config, detail_of(whole), clock.wall_ms()));
  };
  know.prompt_json = [&clock](const config::SavedPrompt& prompt, std::int64_t version, bool whole) {
    return facts_json(facts_of(prompt, version, detail_of(whole), clock.wall_ms()));
  };
  know.virtual_key_json = [&clock](const store::StoredVirtualKey& key, bool whole) {
    return facts_json(facts_of(key, detail_of(whole), clock.wall_ms()));
  };
  know.api_key_json = [&clock](const store::StoredApiKey& key) {
    return facts_json(facts_of(key, Detail::show, clock.wall_ms()));
  };
  know.plan_json = [](store::Tier tier, const store::MonthCount& month) {
    return facts_json(plan_facts(tier, month));
  };
  know.why = [data](const Uuid& id, const std::function<bool()>& given_up) -> Result<std::string> {
    PK_ASSIGN(const std::string json,
              run_self({"--data", data.string(), "logs", "why", id.text(), "--json"}, given_up));
    return std::string(trim(json));
  };
  know.complete = complete;
  return know;
}

}  // namespace pk::cmd
