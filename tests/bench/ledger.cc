// Writes a ledger of realistic records through the store's own writer, and the same records as lines of
// tab-separated values for another database: pk_bench_ledger FOLDER RECORDS [FILE.tsv]
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/time_text.h"
#include "store/column_maker.h"
#include "store/writer.h"

namespace {

using namespace pk;

constexpr std::int64_t k_span_ms = std::int64_t{30} * 86'400'000;
constexpr std::uint64_t k_users = 20'000;

struct Model {
  const char* name;
  const char* provider;
  double usd_in, usd_out;  // a million tokens
  double share;
};
constexpr Model k_models[] = {{"gpt-4o-mini", "openai", 0.15, 0.6, 0.45},
                              {"gpt-4o", "openai", 2.5, 10, 0.22},
                              {"claude-sonnet-4-5", "anthropic", 3, 15, 0.2},
                              {"gemini-2.5-flash", "google", 0.3, 2.5, 0.1},
                              {"o3", "openai", 2, 8, 0.03}};

class Maker {
 public:
  explicit Maker(std::int64_t begin_ms) : m_begin_ms(begin_ms) {}

  log::LogRecord record(std::uint64_t n, std::uint64_t of) {
    log::LogRecord record;
    const auto at = m_begin_ms + static_cast<std::int64_t>(n * static_cast<std::uint64_t>(k_span_ms) / of);
    record.id = id(at, n);
    record.created_at = at;
    record.trace_id = one_in(5) ? "session-" + std::to_string(m_rng.next() % (of / 8 + 1)) : record.id.text();
    record.method = "POST";
    record.path = "/v1/chat/completions";
    record.endpoint = log::Endpoint::chat_completions;
    record.last_used_option = "config";
    record.tracked = true;
    record.stream = one_in(2);
    model(record);
    // Few users make most of the requests.
    record.user =
        "user-" + std::to_string(static_cast<std::uint64_t>(std::pow(m_rng.uniform(), 3) * k_users));
    record.metadata = {{"_user", record.user}, {"team", k_teams[m_rng.next() % 6]}};
    if (one_in(3)) record.metadata.emplace_back("run", std::to_string(m_rng.next() % 5000));
    if (one_in(4)) record.config_id = "pc-main-3fa29c";
    if (one_in(5)) cached(record);
    if (one_in(40)) fail(record);
    content(record);
    return record;
  }

 private:
  static constexpr const char* k_teams[] = {"search", "support", "growth", "billing", "research", "ops"};

  bool one_in(unsigned n) { return m_rng.next() % n == 0; }

  Uuid id(std::int64_t at, std::uint64_t n) {
    Uuid id = Uuid::lowest_of(at);
    const std::uint64_t random = m_rng.next();
    for (int i = 0; i < 8; ++i) id.bytes[8 + i] = static_cast<std::uint8_t>(random >> (8 * i));
    id.bytes[6] = static_cast<std::uint8_t>(0x70 | (n >> 8 & 0xf));
    id.bytes[7] = static_cast<std::uint8_t>(n);
    id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
    return id;
  }

  void model(log::LogRecord& record) {
    double drawn = m_rng.uniform();
    const Model* model = k_models;
    while (model + 1 < std::end(k_models) && drawn > model->share) drawn -= (model++)->share;
    record.provider = model->provider;
    record.model = record.requested_model = model->name;
    record.prompt_tokens = 20 + static_cast<std::int64_t>(std::exp(m_rng.uniform() * 9));
    record.completion_tokens = 5 + static_cast<std::int64_t>(std::exp(m_rng.uniform() * 6.5));
    record.total_tokens = *record.prompt_tokens + *record.completion_tokens;
    record.cost_usd = (static_cast<double>(*record.prompt_tokens) * model->usd_in +
                       static_cast<double>(*record.completion_tokens) * model->usd_out) /
                      1e6;
    const double us =
        200'000 + static_cast<double>(*record.completion_tokens) * 9000 * (0.5 + m_rng.uniform());
    record.latency_ms = std::floor(us) / 1000;
    record.upstream_ms = record.latency_ms;
    record.gateway_ms = static_cast<double>(m_rng.next() % 300) / 1000;
    if (record.stream) record.ttft_ms = 150 + std::floor(m_rng.uniform() * 400'000) / 1000;
    record.http_status = 200;
    record.ok = true;
    record.attempts = {{"config", record.provider, record.model, 200, "", record.upstream_ms, 0}};
  }

  void cached(log::LogRecord& record) {
    record.cache = one_in(3) ? log::Cache::hit : log::Cache::miss;
    if (record.cache == log::Cache::miss) return;
    record.saved_usd = record.cost_usd;
    record.cost_usd = 0;
    record.latency_ms = static_cast<double>(500 + m_rng.next() % 3000) / 1000;
    record.attempts.clear();
  }

  void fail(log::LogRecord& record) {
    static constexpr std::int64_t k_status[] = {429, 429, 429, 400, 500, 503, 529, 401};
    record.ok = false;
    record.http_status = k_status[m_rng.next() % 8];
    record.error = "the provider said so";
    record.cache = log::Cache::disabled;
    record.cost_usd = record.saved_usd = std::nullopt;
    record.completion_tokens = record.total_tokens = std::nullopt;
    record.retry = log::Retry::failed;
    record.retry_attempts = 2;
  }

  void content(log::LogRecord& record) {
    const std::string words = text(30 + m_rng.next() % 60);
    record.request = log::Content{
        {{"content-type", "application/json"}, {"user-agent", "OpenAI/Python 1.40.0"}},
        R"({"model":")" + record.model + R"(","messages":[{"role":"user","content":")" + words + R"("}]})"};
    record.response = log::Content{{{"content-type", "application/json"}},
                                   R"({"object":"chat.completion","choices":[{"index":0,"message":{"role":)"
                                   R"("assistant","content":")" +
                                       text(20 + m_rng.next() % 40) + R"("},"finish_reason":"stop"}]})"};
  }

  std::string text(std::uint64_t words) {
    static constexpr const char* k_words[] = {"the",   "order",  "a",     "refund", "please",  "summary",
                                              "of",    "and",    "model", "table",  "in",      "list",
                                              "to",    "answer", "data",  "when",   "invoice", "is",
                                              "query", "write",  "for",   "test",   "code",    "on"};
    std::string text;
    for (std::uint64_t i = 0; i < words; ++i) text.append(k_words[m_rng.next() % 24]).append(" ");
    return text;
  }

  const std::int64_t m_begin_ms;
  Rng m_rng{42};
};

std::string number(const std::optional<double>& value) {
  return value ? std::to_string(*value) : "";
}
std::string number(const std::optional<std::int64_t>& value) {
  return value ? std::to_string(*value) : "";
}

void append_line(std::string& out, const log::LogRecord& record) {
  out += record.id.text() + '\t' + std::to_string(record.created_at) + '\t' + record.model + '\t' +
         record.path + '\t' + record.user + '\t' + number(record.total_tokens) + '\t' +
         number(record.cost_usd) + '\t' +
         (record.cache == log::Cache::hit    ? "cache-hit"
          : record.cache == log::Cache::miss ? "cache-miss"
                                             : "cache-disabled") +
         '\t' + record.provider + '\t' + number(record.http_status) + '\t' + (record.ok ? "1" : "0") + '\t' +
         number(std::optional(record.latency_ms)) + '\t' + number(record.prompt_tokens) + '\t' +
         number(record.completion_tokens) + '\t' + number(record.saved_usd) + '\t';
  for (const auto& [name, value] : record.metadata) out += name + "=" + value + ";";
  out += '\t' + std::to_string(record.ok ? 0 : record.retry_attempts) + '\n';
}

int fail(const std::string& what) {
  std::cerr << "pk_bench_ledger: " << what << '\n';
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  const auto records = count > 2 ? parse_uint(arguments[2]) : std::nullopt;
  if (!records) return fail("pk_bench_ledger FOLDER RECORDS [FILE.tsv]");
  const std::int64_t now_ms = SystemClock().wall_ms();
  auto env = store::Env::open(arguments[1], store::Mode::read_write);
  if (!env) return fail(env.error().message);
  auto writer = store::LogWriter::start(*env, {});
  if (!writer) return fail(writer.error().message);
  std::ofstream lines;
  if (count > 3) lines.open(arguments[3]);
  Maker maker(now_ms - k_span_ms);
  std::string text;
  for (std::uint64_t n = 0; n < *records; ++n) {
    const log::LogRecord record = maker.record(n, *records);
    // Not so fast that bodies are left out.
    while ((*writer)->stats().queue_bytes > store::k_queue_bytes_default / 2)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if ((*writer)->close(record) == 0) return fail("a record was refused");
    if (!lines.is_open()) continue;
    text.clear();
    append_line(text, record);
    lines << text;
  }
  (*writer)->stop();
  const auto made = store::make_columns(**env, now_ms);
  if (!made) return fail(made.error().message);
  return lines.is_open() && !lines.flush() ? fail("the lines could not be written") : 0;
}
