#include "cache/semantic.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "cache/digest.h"
#include "cache/guard.h"
#include "cache/vector_index.h"

namespace pk::cache {

namespace {

using Label = VectorIndex::Label;

// How many of the nearest are shown to the guard, and how many a refresh finds.
constexpr std::size_t k_looked_at = 8;
constexpr std::size_t k_refreshed_max = 64;
// Of those that are over: nobody waits for more.
constexpr std::size_t k_swept_at_once = 64;

struct Item {
  Key key{};
  Digest partition{};
  Uuid log_id;
  std::int64_t created_ms = 0;
  std::int64_t expires_ms = 0;
  std::string words;
};

// By a time, the oldest first.
using Queue = std::set<std::pair<std::int64_t, Label>>;

}  // namespace

struct Semantic::Impl {
  explicit Impl(Options o) : options(std::move(o)) {}

  bool has_room(std::size_t more) const {
    return items.size() < options.entries_max && bytes + more <= options.vector_bytes_max;
  }
  const VectorIndex* index_of(const Digest& partition) const {
    const auto found = partitions.find(partition);
    return found == partitions.end() ? nullptr : found->second.get();
  }
  void remove(Label label);
  void make_room(std::size_t more, std::int64_t now_ms);

  const Options options;
  mutable std::shared_mutex mutex;  // of all below
  std::size_t bytes = 0;            // of all vectors
  Label last = 0;
  std::map<Digest, std::unique_ptr<VectorIndex>> partitions;
  std::map<Label, Item> items;
  std::map<Key, Label> labels;
  Queue by_age, by_end;
};

void Semantic::Impl::remove(Label label) {
  const auto found = items.find(label);
  const Item& item = found->second;
  const auto partition = partitions.find(item.partition);
  partition->second->remove(label);
  bytes -= VectorIndex::vector_bytes(partition->second->dimensions());
  if (partition->second->size() == 0) partitions.erase(partition);
  by_age.erase({item.created_ms, label});
  by_end.erase({item.expires_ms, label});
  labels.erase(item.key);
  items.erase(found);
}

// For a vector of `more` bytes: what is over goes, then the oldest.
void Semantic::Impl::make_room(std::size_t more, std::int64_t now_ms) {
  for (std::size_t i = 0; i < k_swept_at_once && !by_end.empty() && by_end.begin()->first <= now_ms; ++i)
    remove(by_end.begin()->second);
  while (!items.empty() && !has_room(more)) remove(by_age.begin()->second);
}

Semantic::Semantic(Options options) : m_impl(std::make_unique<Impl>(std::move(options))) {}
Semantic::~Semantic() = default;

std::optional<Question> Semantic::question(const RequestFacts& facts) const {
  auto question = question_of(facts);
  if (!question || m_impl->options.embedder.empty()) return question;
  Hasher<Digest> hasher;
  hasher.add(view_of(question->partition));
  hasher.add(m_impl->options.embedder);
  question->partition = hasher.finish();
  return question;
}

std::optional<Nearest> Semantic::nearest(const Question& question, const std::vector<float>& embedding,
                                         std::int64_t now_ms) {
  const std::shared_lock lock(m_impl->mutex);
  const VectorIndex* index = m_impl->index_of(question.partition);
  if (!index) return {};
  std::optional<Nearest> best;
  for (const auto& [label, score] : index->nearest(embedding, k_looked_at)) {
    const Item& item = m_impl->items.at(label);
    if (item.expires_ms <= now_ms) continue;
    if (score < m_impl->options.threshold) {
      if (!best) best = Nearest{item.key, item.log_id, score, "below-threshold"};
      break;
    }
    const std::string_view objection = guard(question.words, item.words);
    if (objection.empty()) return Nearest{item.key, item.log_id, score, "hit"};
    if (!best) best = Nearest{item.key, item.log_id, score, std::string(objection)};
  }
  return best;
}

void Semantic::add(const Key& key, const Entry& entry) {
  const std::size_t size = entry.embedding.size();
  const std::size_t wanted = m_impl->options.dimensions;
  if (size == 0 || (wanted != 0 && size != wanted)) return;
  const std::unique_lock lock(m_impl->mutex);
  if (const auto known = m_impl->labels.find(key); known != m_impl->labels.end())
    m_impl->remove(known->second);
  m_impl->make_room(VectorIndex::vector_bytes(size), entry.created_ms);
  auto& index = m_impl->partitions[entry.partition];
  if (!index) index = std::make_unique<VectorIndex>(size);
  const Label label = ++m_impl->last;
  if (!index->add(label, entry.embedding)) {
    if (index->size() == 0) m_impl->partitions.erase(entry.partition);
    return;
  }
  m_impl->bytes += VectorIndex::vector_bytes(size);
  m_impl->items[label] = {key,        entry.partition, entry.log_id, entry.created_ms, entry.expires_ms,
                          entry.words};
  m_impl->labels[key] = label;
  m_impl->by_age.emplace(entry.created_ms, label);
  m_impl->by_end.emplace(entry.expires_ms, label);
}

void Semantic::remove(const Key& key) {
  const std::unique_lock lock(m_impl->mutex);
  if (const auto known = m_impl->labels.find(key); known != m_impl->labels.end())
    m_impl->remove(known->second);
}

std::vector<Key> Semantic::matches(const Question& question, const std::vector<float>& embedding) {
  const std::shared_lock lock(m_impl->mutex);
  std::vector<Key> keys;
  const VectorIndex* index = m_impl->index_of(question.partition);
  if (!index) return keys;
  for (const auto& [label, score] : index->nearest(embedding, k_refreshed_max)) {
    const Item& item = m_impl->items.at(label);
    if (score >= m_impl->options.threshold && guard(question.words, item.words).empty())
      keys.push_back(item.key);
  }
  return keys;
}

double Semantic::threshold() const {
  return m_impl->options.threshold;
}

std::size_t Semantic::size() const {
  const std::shared_lock lock(m_impl->mutex);
  return m_impl->items.size();
}

}  // namespace pk::cache
