// Words to vectors, by a provider's embeddings endpoint in OpenAI's form. What it costs when that is slow or
// gone is bounded: a time limit, a breaker, and a few recent answers that are not asked for again.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cache/embedder.h"
#include "config/saved.h"
#include "config/settings.h"
#include "config/upstream_guard.h"
#include "gateway/stats.h"
#include "gateway/timers.h"
#include "log/record.h"
#include "upstream/client.h"

namespace pk::gateway {

inline constexpr std::int64_t k_embedding_ms_max = 5000;  // from the question to the last byte
inline constexpr std::size_t k_embedding_bytes_max = 4'000'000;
inline constexpr std::size_t k_embedding_dimensions_max = 16'384;
inline constexpr std::size_t k_embeddings_at_once_max = 64;
inline constexpr std::size_t k_embeddings_kept = 256;
// As many failures one after the other, and no word is embedded for a time; then one is tried.
inline constexpr int k_embedding_failures_max = 3;
inline constexpr std::int64_t k_embedding_pause_ms = 30'000;

// Whom to ask, made out of the settings.
struct EmbedderTarget {
  std::string url;
  log::Headers headers;
  config::Trust trust = config::Trust::none;
  std::string model;
  std::size_t dimensions = 0;  // 0: not asked for

  // Tells vectors of different models apart: no secret.
  std::string identity() const;
};

// Null: the settings want none. Errors: invalid, not_found, unauthorized: a provider or virtual key that is
// not there, a provider whose embeddings have another form, a host that may not be called, a secret that is
// missing. `environment` gives the provider's own variable, OPENAI_API_KEY: only without a virtual key.
Result<std::shared_ptr<const EmbedderTarget>> embedder_target(
    const config::Settings& settings, const config::Saved& saved, const config::TrustedHosts& trusted,
    const std::function<std::optional<std::string>(const std::string&)>& environment);

// The first vector of an answer in OpenAI's form. invalid: it has none. Pure.
Result<std::vector<float>> read_embedding(std::string_view body);

// One worker's, on its thread.
class ProviderEmbedder final : public cache::Embedder {
 public:
  ProviderEmbedder(upstream::Client& upstream, Timers& timers, const Clock& clock, Stats& stats)
      : m_upstream(upstream), m_timers(timers), m_clock(clock), m_stats(stats) {}

  // For words from now on. Null: there is nobody to ask.
  void set_target(std::shared_ptr<const EmbedderTarget> target);

  // Errors: those of Embedder, and limit: the breaker is open, or too many are under way.
  Task<Result<std::vector<float>>> embed(std::string words) override;

 private:
  using Vector = std::vector<float>;
  struct Kept {
    std::string words;
    Vector vector;
  };

  bool may_ask();
  Task<Result<Vector>> ask(std::string words);
  Task<Result<std::string>> call(upstream::Call& call);
  void ended(bool well);
  const Vector* find(std::string_view words);
  void keep(std::string words, const Vector& vector);

  upstream::Client& m_upstream;
  Timers& m_timers;
  const Clock& m_clock;
  Stats& m_stats;
  std::shared_ptr<const EmbedderTarget> m_target;
  std::list<Kept> m_kept;  // the one that was wanted last first
  std::map<std::string_view, std::list<Kept>::iterator> m_by_words;
  std::size_t m_under_way = 0;
  int m_failures = 0;               // one after the other
  std::int64_t m_closed_at_ms = 0;  // steady; nobody is asked before, and one at a time until one went well
};

}  // namespace pk::gateway
