#include "cache/semantic.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/guarded.h"
#include "cache/digest.h"

namespace pk::cache {

namespace {

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return 0;
  double dot = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    dot += double{a[i]} * b[i];
    aa += double{a[i]} * a[i];
    bb += double{b[i]} * b[i];
  }
  return aa > 0 && bb > 0 ? dot / std::sqrt(aa * bb) : 0;
}

}  // namespace

std::optional<Question> question_of(const RequestFacts& facts) {
  Fingerprint fields = fingerprint(facts);
  const auto is_message = [](const Field& field) { return field.name.starts_with("body.messages["); };
  if (std::erase_if(fields, is_message) == 0) return {};
  Question question;
  question.words = facts.body;
  const Key key = key_of(fields);
  std::copy_n(key.begin(), question.partition.size(), question.partition.begin());
  return question;
}

// Compares with every entry of the partition.
struct Semantic::Impl {
  struct Known {
    Digest partition{};
    std::vector<float> embedding;
    Uuid log_id;
    std::int64_t expires_ms = 0;
  };
  Options options;
  Guarded<std::map<Key, Known>> known;
};

Semantic::Semantic(Options options) : m_impl(std::make_unique<Impl>()) {
  m_impl->options = options;
}
Semantic::~Semantic() = default;

std::optional<Question> Semantic::question(const RequestFacts& facts) const {
  return question_of(facts);
}

std::optional<Nearest> Semantic::nearest(const Question& question, const std::vector<float>& embedding,
                                         std::int64_t now_ms) {
  return m_impl->known.with([&](const auto& all) {
    std::optional<Nearest> best;
    for (const auto& [key, known] : all) {
      if (known.partition != question.partition || known.expires_ms <= now_ms) continue;
      const double score = cosine(known.embedding, embedding);
      if (!best || score > best->score) best = Nearest{key, known.log_id, score, "hit"};
    }
    if (best && best->score < m_impl->options.threshold) best->verdict = "below-threshold";
    return best;
  });
}

void Semantic::add(const Key& key, const Entry& entry) {
  m_impl->known.with([&](auto& all) {
    all[key] = {entry.partition, entry.embedding, entry.log_id, entry.expires_ms};
    if (all.size() > m_impl->options.entries_max) all.erase(all.begin());
  });
}

void Semantic::remove(const Key& key) {
  m_impl->known.with([&](auto& all) { all.erase(key); });
}

std::vector<Key> Semantic::matches(const Question& question, const std::vector<float>& embedding) {
  return m_impl->known.with([&](const auto& all) {
    std::vector<Key> keys;
    for (const auto& [key, known] : all)
      if (known.partition == question.partition &&
          cosine(known.embedding, embedding) >= m_impl->options.threshold)
        keys.push_back(key);
    return keys;
  });
}

std::size_t Semantic::size() const {
  return m_impl->known.with([](const auto& all) { return all.size(); });
}

}  // namespace pk::cache
