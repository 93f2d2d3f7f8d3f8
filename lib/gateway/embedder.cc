#include "gateway/embedder.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "provider/table.h"
#include "provider/target.h"

namespace pk::gateway {

namespace {

constexpr int k_status_ok = 200;

Error wrong(std::string_view key, std::string_view why) {
  return {Errc::invalid, fmt::format("semantic_cache_{}: {}", key, why)};
}

// openai: OPENAI_API_KEY; together-ai: TOGETHER_AI_API_KEY.
std::string variable_of(std::string_view slug) {
  std::string name;
  for (const char c : slug) name += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name + "_API_KEY";
}

Result<const config::VirtualKey*> virtual_key_of(const std::string& name, const config::Saved& saved) {
  if (name.empty()) return nullptr;
  const config::VirtualKey* key = saved.virtual_key(name);
  if (!key || key->archived)
    return Error{Errc::not_found, fmt::format("semantic_cache_virtual_key: there is no virtual key '{}'; "
                                              "pk provider list shows those there are",
                                              visible(name, false))};
  return key;
}

// Skips to the value of a member of the object that was just opened; `end` where it is not there.
JsonToken member(JsonReader& reader, std::string_view name) {
  std::string_view key;
  for (JsonToken first = reader.next_member(key); first != JsonToken::object_end;
       first = reader.next_member(key)) {
    if (first == JsonToken::error) return first;
    if (json_unquoted(key) == name) return first;
    reader.take_value();
  }
  return JsonToken::end;
}

std::string body_of(const EmbedderTarget& target, std::string_view words) {
  std::string body = "{\"model\":";
  append_json_string(body, target.model);
  body += ",\"input\":";
  append_json_string(body, words);
  if (target.dimensions > 0) body += fmt::format(",\"dimensions\":{}", target.dimensions);
  return body + "}";
}

}  // namespace

std::string EmbedderTarget::identity() const {
  return fmt::format("{} {} {}", url, model, dimensions);
}

Result<std::shared_ptr<const EmbedderTarget>> embedder_target(
    const config::Settings& settings, const config::Saved& saved, const config::TrustedHosts& trusted,
    const std::function<std::optional<std::string>(const std::string&)>& environment) {
  if (settings.semantic_cache_model.empty()) return std::shared_ptr<const EmbedderTarget>();
  PK_ASSIGN(const config::VirtualKey* key, virtual_key_of(settings.semantic_cache_virtual_key, saved));
  const std::string slug = key ? key->provider : settings.semantic_cache_provider;
  const provider::Provider* provider = provider::find(slug);
  if (!provider) return wrong("provider", fmt::format("there is no provider '{}'", visible(slug, false)));
  if (key && !settings.semantic_cache_provider.empty() && settings.semantic_cache_provider != slug)
    return wrong("provider", fmt::format("the virtual key is of {}", slug));

  provider::Call call;
  call.endpoint = log::Endpoint::embeddings;
  call.model = settings.semantic_cache_model;
  call.custom_host = settings.semantic_cache_custom_host;
  if (call.custom_host.empty() && key) call.custom_host = key->custom_host;
  if (!call.custom_host.empty())
    if (auto good = config::check_custom_host(call.custom_host, trusted); !good)
      return wrong("custom_host", "Invalid custom host; name it with allow_upstream if it is not public");
  const auto url = provider::resolve(*provider, call);
  if (!url) return wrong("provider", url.error().message);

  auto target = std::make_shared<EmbedderTarget>();
  target->url = url->url;
  target->model = settings.semantic_cache_model;
  target->dimensions = settings.semantic_cache_dimensions;
  PK_ASSIGN(const config::HostPort host, config::host_of(target->url));
  target->trust = trusted.trust_of(host.host, host.port);
  const std::string variable = variable_of(slug);
  const std::string secret = key ? std::string(key->secret.reveal()) : environment(variable).value_or("");
  if (secret.empty() && provider->needs_key && call.custom_host.empty())
    return Error{
        Errc::unauthorized,
        fmt::format("semantic_cache: {} needs a key: set {} or semantic_cache_virtual_key", slug, variable)};
  target->headers = provider::auth_headers(*provider, secret);
  target->headers.emplace_back("Content-Type", "application/json");
  return std::shared_ptr<const EmbedderTarget>(std::move(target));
}

Result<std::vector<float>> read_embedding(std::string_view body) {
  const Error none{Errc::invalid, "the answer has no embedding"};
  JsonReader reader(body);
  if (reader.next() != JsonToken::object_begin || member(reader, "data") != JsonToken::array_begin ||
      reader.next() != JsonToken::object_begin || member(reader, "embedding") != JsonToken::array_begin)
    return none;
  std::vector<float> vector;
  for (JsonToken token = reader.next(); token != JsonToken::array_end; token = reader.next()) {
    if (token != JsonToken::number || vector.size() == k_embedding_dimensions_max) return none;
    const auto number = parse_real(reader.token());
    if (!number) return none;
    vector.push_back(static_cast<float>(*number));
  }
  // The rest is not read, but it has to be there.
  while (reader.depth() > 0)
    if (reader.next() == JsonToken::error) return none;
  if (vector.empty() || reader.next() != JsonToken::end) return none;
  return vector;
}

void ProviderEmbedder::set_target(std::shared_ptr<const EmbedderTarget> target) {
  const bool same = m_target && target && m_target->identity() == target->identity();
  m_target = std::move(target);
  m_failures = 0;
  if (same) return;
  m_by_words.clear();
  m_kept.clear();
}

Task<Result<std::vector<float>>> ProviderEmbedder::embed(std::string words) {
  if (const Vector* known = find(words)) co_return *known;
  if (!m_target) co_return Error{Errc::invalid, "there is no embedder"};
  if (!may_ask()) co_return Error{Errc::limit, "the embedder is not asked for now"};
  const auto target = m_target;
  ++m_under_way;
  Stats::add(m_stats.embeddings);
  Result<Vector> answer = co_await ask(words);
  --m_under_way;
  ended(static_cast<bool>(answer));
  if (answer && target == m_target) keep(std::move(words), *answer);
  co_return answer;
}

bool ProviderEmbedder::may_ask() {
  if (m_failures < k_embedding_failures_max) return m_under_way < k_embeddings_at_once_max;
  return m_under_way == 0 && m_clock.steady_ns() / 1'000'000 >= m_closed_at_ms;
}

void ProviderEmbedder::ended(bool well) {
  if (!well) Stats::add(m_stats.embedding_failures);
  m_failures = well ? 0 : m_failures + 1;
  if (m_failures >= k_embedding_failures_max)
    m_closed_at_ms = m_clock.steady_ns() / 1'000'000 + k_embedding_pause_ms;
}

Task<Result<std::vector<float>>> ProviderEmbedder::ask(std::string words) {
  const auto target = m_target;
  const std::string body = body_of(*target, words);
  upstream::Request request;
  request.method = "POST";
  request.url = target->url;
  request.headers = target->headers;
  request.body = body;
  request.trust = target->trust;
  request.first_byte_timeout_ms = k_embedding_ms_max;
  const auto upstream = m_upstream.start(std::move(request));
  bool late = false;
  const auto limit = m_timers.start(k_embedding_ms_max, [&late, call = upstream.get()] {
    late = true;
    call->cancel();
  });
  Result<std::string> answer = co_await call(*upstream);
  if (late) co_return Error{Errc::timeout, "the embedder took too long"};
  if (!answer) co_return std::move(answer).error();
  auto vector = read_embedding(*answer);
  if (vector && target->dimensions > 0 && vector->size() != target->dimensions)
    co_return Error{Errc::invalid, "the embedding has other dimensions than those that were asked for"};
  co_return vector;
}

// The body of an answer with status 200.
Task<Result<std::string>> ProviderEmbedder::call(upstream::Call& call) {
  Result<const upstream::Head*> head = co_await call.head();
  if (!head) co_return std::move(head).error();
  if ((*head)->status != k_status_ok)
    co_return Error{Errc::upstream, fmt::format("the embedder answered with status {}", (*head)->status)};
  std::string body;
  while (true) {
    Result<std::string_view> piece = co_await call.read();
    if (!piece) co_return std::move(piece).error();
    if (piece->empty()) co_return body;
    if (body.size() + piece->size() > k_embedding_bytes_max)
      co_return Error{Errc::limit, "the embedder's answer is too large"};
    body += *piece;
  }
}

const std::vector<float>* ProviderEmbedder::find(std::string_view words) {
  const auto found = m_by_words.find(words);
  if (found == m_by_words.end()) return nullptr;
  m_kept.splice(m_kept.begin(), m_kept, found->second);
  return &m_kept.front().vector;
}

void ProviderEmbedder::keep(std::string words, const Vector& vector) {
  if (find(words)) return;
  m_kept.push_front({std::move(words), vector});
  m_by_words[m_kept.front().words] = m_kept.begin();
  if (m_kept.size() <= k_embeddings_kept) return;
  m_by_words.erase(m_kept.back().words);
  m_kept.pop_back();
}

}  // namespace pk::gateway
