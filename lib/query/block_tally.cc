#include "query/block_tally.h"

#include <limits>
#include <memory>
#include <vector>

#include "query/filter_words.h"

namespace pk::query {

namespace {

using store::Block;
using store::BlockMask;
using store::Column;

// Where no more than one record in so many is meant, each is read by itself.
constexpr std::size_t k_few = 64;

Facts facts_of(const store::Figures& figures) {
  Facts facts;
  facts.ok = figures.flags & store::Figures::k_ok;
  facts.rescued = figures.flags & store::Figures::k_rescued;
  facts.cache = static_cast<log::Cache>(figures.cache);
  if (figures.http_status != 0) facts.http_status = figures.http_status;
  facts.prompt_tokens = figures.prompt_tokens;
  facts.completion_tokens = figures.completion_tokens;
  facts.total_tokens = figures.total_tokens;
  facts.cost_usd = figures.cost_usd;
  facts.saved_usd = figures.saved_usd;
  facts.latency_ms = figures.latency_ms;
  facts.retries = figures.retries;
  return facts;
}

// What a block says of its records, as far as they are meant.
class FactsOfBlock {
 public:
  FactsOfBlock(const Block& block, const BlockMask& mask, const store::FeedbackTotals& feedback)
      : m_mask(mask), m_feedback(feedback) {
    m_readable = mask.count() * k_few <= mask.size() ? read_few(block) : read_all(block);
  }

  // False: something is missing or damaged.
  bool readable() const { return m_readable; }

  // Calls `each(i, facts)` until it returns false; false then.
  template <class Each>
  bool visit(Each each) const {
    std::size_t nth = 0;
    return m_mask.visit([&](std::size_t i) {
      const store::Figures figures = m_all ? store::nth_figures(*m_all, i) : m_few[nth++];
      Facts facts = facts_of(figures);
      if (!m_feedback.is_empty() && m_feedback.of(figures.trace)) facts.trace = figures.trace;
      return each(i, facts);
    });
  }

 private:
  bool read_few(const Block& block) {
    return m_mask.visit([&](std::size_t i) {
      const auto figures = block.figures_at(i);
      if (figures) m_few.push_back(*figures);
      return figures.has_value();
    });
  }
  bool read_all(const Block& block) {
    m_all = block.figures();
    return m_all.has_value();
  }

  const BlockMask& m_mask;
  const store::FeedbackTotals& m_feedback;
  bool m_readable = false;
  std::optional<std::string_view> m_all;
  std::vector<store::Figures> m_few;  // in their order
};

// Finds the tallies that a record of one block is added to.
class Finder {
 public:
  virtual ~Finder() = default;
  // False: a column is missing.
  virtual bool read(const Block& block) = 0;
  // Calls `add` with each; a null one is a group too many. Returns what `add` does.
  virtual bool each(std::size_t i, const std::function<bool(Tally*)>& add) = 0;
};

class OneFinder final : public Finder {
 public:
  explicit OneFinder(Groups& groups) : m_tally(groups.of(std::nullopt)) {}
  bool read(const Block&) override { return true; }
  bool each(std::size_t, const std::function<bool(Tally*)>& add) override { return add(m_tally); }

 private:
  Tally* m_tally;
};

// Tallies by code, found when first asked for.
class ByCode {
 public:
  explicit ByCode(Groups& groups) : m_groups(groups) {}
  void resize(std::size_t codes) { m_tallies.resize(codes); }
  Tally* of(std::size_t code, std::optional<std::string_view> name) {
    if (code >= m_tallies.size()) return m_groups.of(name);
    if (!m_tallies[code]) m_tallies[code] = m_groups.of(name);
    return m_tallies[code];
  }

 private:
  Groups& m_groups;
  std::vector<Tally*> m_tallies;
};

class TextFinder final : public Finder {
 public:
  TextFinder(Groups& groups, Column column) : m_column(column), m_tallies(groups) {}
  bool read(const Block& block) override {
    const auto texts = block.texts(m_column);
    if (!texts) return false;
    m_texts = *texts;
    m_tallies.resize(texts->texts.size());
    return true;
  }
  bool each(std::size_t i, const std::function<bool(Tally*)>& add) override {
    const std::size_t code = m_texts.codes.at(i);
    const std::string_view text = m_texts.texts.at(code);
    return add(m_tallies.of(code, text.empty() ? std::nullopt : std::optional(text)));
  }

 private:
  const Column m_column;
  store::Texts m_texts;
  ByCode m_tallies;
};

class MetadataFinder final : public Finder {
 public:
  MetadataFinder(Groups& groups, std::string_view key) : m_groups(groups), m_key(key), m_tallies(groups) {}
  bool read(const Block& block) override {
    const auto pairs = block.pairs(Column::metadata);
    if (!pairs) return false;
    m_pairs = *pairs;
    m_tallies.resize(pairs->texts.size());
    return true;
  }
  bool each(std::size_t i, const std::function<bool(Tally*)>& add) override {
    const auto [begin, end] = m_pairs.of(i);
    for (std::size_t at = begin; at < end; ++at) {
      const std::size_t code = m_pairs.codes.at(at);
      if (m_pairs.name(code) == m_key) return add(m_tallies.of(code, m_pairs.value(code)));
    }
    return add(m_groups.of(std::nullopt));
  }

 private:
  Groups& m_groups;
  const std::string_view m_key;
  store::Pairs m_pairs;
  ByCode m_tallies;
};

class StatusFinder final : public Finder {
 public:
  explicit StatusFinder(Groups& groups) : m_tallies(groups) { m_tallies.resize(status_slugs().size()); }
  bool read(const Block& block) override {
    constexpr Column k_columns[] = {Column::cache, Column::retry, Column::fallback, Column::loadbalance};
    for (std::size_t i = 0; i < std::size(k_columns); ++i) {
      const auto numbers = block.numbers(k_columns[i]);
      if (!numbers) return false;
      m_columns[i] = *numbers;
    }
    return true;
  }
  bool each(std::size_t i, const std::function<bool(Tally*)>& add) override {
    const auto slugs = status_slugs();
    for (std::size_t at = 0; at < slugs.size(); ++at) {
      const auto value = m_columns[static_cast<std::size_t>(slugs[at].group)].at(i);
      if (value == slugs[at].value && !add(m_tallies.of(at, slugs[at].slug))) return false;
    }
    return true;
  }

 private:
  store::Numbers m_columns[4];  // in the order of StatusGroup
  ByCode m_tallies;
};

class TimeFinder final : public Finder {
 public:
  TimeFinder(Groups& groups, By by) : m_groups(groups), m_by(by) {}
  bool read(const Block& block) override {
    const auto times = block.numbers(Column::created_at);
    if (!times) return false;
    m_times = *times;
    return true;
  }
  bool each(std::size_t i, const std::function<bool(Tally*)>& add) override {
    const std::int64_t start = time_group_start(m_by, m_times.at(i).value_or(0));
    if (!m_tally || start != m_start) {
      m_start = start;
      m_tally = m_groups.of(time_group(m_by, start));
    }
    return add(m_tally);
  }

 private:
  Groups& m_groups;
  const By m_by;
  store::Numbers m_times;
  std::int64_t m_start = 0;
  Tally* m_tally = nullptr;
};

std::unique_ptr<Finder> make_finder(Groups& groups) {
  const Grouping& grouping = groups.grouping();
  switch (grouping.by) {
    case By::nothing:
      return std::make_unique<OneFinder>(groups);
    case By::status:
      return std::make_unique<StatusFinder>(groups);
    case By::metadata:
      return std::make_unique<MetadataFinder>(groups, grouping.key);
    case By::day:
    case By::hour:
    case By::minute:
      return std::make_unique<TimeFinder>(groups, grouping.by);
    case By::model:
      return std::make_unique<TextFinder>(groups, Column::model);
    case By::provider:
      return std::make_unique<TextFinder>(groups, Column::provider);
    case By::user:
      return std::make_unique<TextFinder>(groups, Column::user);
    case By::config:
      return std::make_unique<TextFinder>(groups, Column::config_id);
    case By::prompt:
      return std::make_unique<TextFinder>(groups, Column::prompt_id);
  }
  return nullptr;
}

}  // namespace

Tallied tally_block(const Block& block, const BlockMask& mask, const store::FeedbackTotals& feedback,
                    Groups& groups) {
  const FactsOfBlock meant(block, mask, feedback);
  const auto finder = make_finder(groups);
  if (!meant.readable() || !finder->read(block)) return Tallied::cannot;
  const Facts* now = nullptr;
  const std::function<bool(Tally*)> add = [&](Tally* tally) {
    if (tally) tally->add(*now);
    return tally != nullptr;
  };
  const bool all = meant.visit([&](std::size_t i, const Facts& facts) {
    now = &facts;
    return finder->each(i, add);
  });
  return all ? Tallied::done : Tallied::too_many;
}

}  // namespace pk::query
