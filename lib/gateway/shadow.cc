#include "gateway/shadow.h"

#include <utility>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "cache/guard.h"
#include "cache/precision.h"
#include "cache/restream.h"
#include "cache/vector_index.h"

namespace pk::gateway {

namespace {

constexpr int k_status_ok = 200;

// f(key, first token) for each member of the object that was just opened; what f does not take is skipped.
template <class F>
bool each_member(JsonReader& reader, F&& f) {
  const std::size_t depth = reader.depth();
  std::string_view key;
  for (JsonToken first = reader.next_member(key); first != JsonToken::object_end;
       first = reader.next_member(key)) {
    if (first == JsonToken::error) return false;
    f(json_unquoted(key), first);
    if (reader.depth() > depth) reader.take_value();
  }
  return true;
}

void read_message(JsonReader& reader, std::string& text) {
  each_member(reader, [&](const std::string& key, JsonToken first) {
    if (key == "content" && first == JsonToken::string) append_json_unquoted(text, reader.token());
  });
}

void read_choice(JsonReader& reader, std::string& text) {
  each_member(reader, [&](const std::string& key, JsonToken first) {
    if (key == "text" && first == JsonToken::string) append_json_unquoted(text, reader.token());
    if (key == "message" && first == JsonToken::object_begin) read_message(reader, text);
  });
  text += '\n';
}

std::string choices_of(std::string_view body) {
  std::string text;
  JsonReader reader(body);
  if (reader.next() != JsonToken::object_begin) return text;
  each_member(reader, [&](const std::string& key, JsonToken first) {
    if (key != "choices" || first != JsonToken::array_begin) return;
    for (JsonToken token = reader.next(); token == JsonToken::object_begin; token = reader.next())
      read_choice(reader, text);
  });
  return text;
}

std::string one_space(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!space)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

bool is_replaced(std::string_view name) {
  for (const std::string_view own :
       {"x-portkey-trace-id", "x-portkey-span-id", "x-portkey-parent-span-id", "x-portkey-span-name",
        "x-portkey-metadata", "traceparent", "baggage", "content-length", "transfer-encoding"})
    if (iequals(name, own)) return true;
  return false;
}

}  // namespace

std::string answer_words(log::Endpoint endpoint, bool event_stream, std::string_view body) {
  if (!event_stream) return one_space(choices_of(body));
  const auto whole = cache::whole_of(endpoint, body);
  return whole ? one_space(choices_of(*whole)) : std::string();
}

http::Request shadow_request(const log::LogRecord& hit, std::string_view target, http::Headers headers,
                             std::string_view body) {
  http::Request request;
  request.method = hit.method;
  request.target = target;
  request.headers = std::move(headers);
  std::erase_if(request.headers, [](const auto& header) { return is_replaced(header.first); });
  // Ours first: there is room for so many.
  std::string metadata = "{" + json_string(k_shadow_key) + ":" + json_string(hit.id.text());
  for (const auto& [key, value] : hit.metadata) metadata += "," + json_string(key) + ":" + json_string(value);
  request.headers.emplace_back("x-portkey-metadata", metadata + "}");
  request.headers.emplace_back("x-portkey-trace-id", hit.trace_id);
  request.headers.emplace_back("x-portkey-span-name", "shadow");
  if (!hit.span_id.empty()) request.headers.emplace_back("x-portkey-parent-span-id", hit.span_id);
  request.body = body;
  return request;
}

// Takes the answer as a client would.
class Shadow::Client final : public http::Responder {
 public:
  void head(const http::ResponseHead& head) override { m_head = head; }
  void body(std::string_view piece) override {
    if (m_body.size() + piece.size() > k_shadow_bytes_max) m_too_large = true;
    if (!m_too_large) m_body += piece;
  }
  void end() override { m_whole = !m_too_large; }
  Task<bool> flush() override {
    m_sent = true;
    co_return !m_left;
  }
  void cut() override { m_whole = false; }
  void unstage() override {
    m_body.clear();
    m_whole = false;
  }
  bool head_sent() const override { return m_sent; }
  bool client_left() const override { return m_left; }
  void on_client_left(std::function<void()> left) override {
    m_on_left = std::move(left);
    if (m_left) leave();
  }

  void leave() {
    m_left = true;
    if (auto left = std::exchange(m_on_left, {})) left();
  }
  // "" where there is nothing to compare.
  std::string words(log::Endpoint endpoint) const {
    if (!m_whole || m_head.status != k_status_ok) return {};
    const std::string_view type = http::find_header(m_head.headers, "content-type").value_or("");
    return answer_words(endpoint, istarts_with(type, "text/event-stream"), m_body);
  }

 private:
  http::ResponseHead m_head;
  std::string m_body;
  bool m_whole = false, m_too_large = false, m_sent = false, m_left = false;
  std::function<void()> m_on_left;
};

Shadow::Shadow(http::Handler& plane, cache::Embedder& embedder, Options options, Rng rng, Post post,
               Count count)
    : m_plane(plane),
      m_embedder(embedder),
      m_options(options),
      m_rng(rng),
      m_post(std::move(post)),
      m_count(std::move(count)) {}

Shadow::~Shadow() = default;

bool Shadow::draw() {
  return !m_draining && m_running < k_shadows_at_once_max && m_rng.uniform() < m_options.rate;
}

void Shadow::ask(http::Request request, log::Endpoint endpoint, cache::EntryPtr stored) {
  ++m_running;
  auto comparison = std::make_shared<Comparison>(Comparison{std::move(request), endpoint, std::move(stored)});
  m_post([this, comparison] { run(std::move(*comparison)).detach(); });
}

Task<void> Shadow::run(Comparison comparison) {
  if (!m_ended) co_await try_one(comparison);
  if (--m_running > 0 || !m_drained) co_return;
  std::exchange(m_drained, {})();
}

Task<void> Shadow::try_one(const Comparison& comparison) {
  http::Request request = comparison.request;
  Client client;
  m_clients.insert(&client);
  co_await m_plane.handle(request, client);
  m_clients.erase(&client);
  if (client.client_left()) co_return;
  const cache::Entry& entry = *comparison.stored;
  std::string stored = answer_words(comparison.endpoint, entry.event_stream, entry.body);
  std::string fresh = client.words(comparison.endpoint);
  const std::string_view verdict = co_await compare(std::move(stored), std::move(fresh));
  m_count(verdict);
}

Task<std::string_view> Shadow::compare(std::string stored, std::string fresh) {
  if (stored.empty() || fresh.empty()) co_return cache::k_shadow_unknown;
  if (iequals(stored, fresh)) co_return cache::k_shadow_same;
  if (!cache::guard(stored, fresh).empty()) co_return cache::k_shadow_different;
  Result<std::vector<float>> a = co_await m_embedder.embed(std::move(stored));
  if (!a) co_return cache::k_shadow_unknown;
  Result<std::vector<float>> b = co_await m_embedder.embed(std::move(fresh));
  if (!b) co_return cache::k_shadow_unknown;
  co_return cache::cosine(*a, *b) >= m_options.threshold ? cache::k_shadow_same : cache::k_shadow_different;
}

void Shadow::drain(std::function<void()> over) {
  m_draining = true;
  if (m_running == 0) return over();
  m_drained = std::move(over);
}

void Shadow::end() {
  m_draining = true;
  m_ended = true;
  // Each may end at once, and take itself out.
  const std::set<Client*> clients = m_clients;
  for (Client* client : clients)
    if (m_clients.contains(client)) client->leave();
}

}  // namespace pk::gateway
