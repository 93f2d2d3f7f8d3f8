#include "query/body_search.h"

#include <algorithm>
#include <cstring>

#include "log/joined.h"
#include "query/stream_text.h"

namespace pk::query {

namespace {

using Found = SearchedTexts::Found;
using Chain = SearchedTexts::Chain;

constexpr std::size_t k_chains_max = 200'000;  // more, and all are forgotten
constexpr store::NodeKey k_no_parent{};

// One body as it is told, piece by piece: what is found in each, and across their cuts.
class Looker final : public store::BodyVisitor {
 public:
  Looker(SearchedTexts& texts, store::Side side, Found& found)
      : m_texts(texts), m_side(side), m_found(found) {}

  void head(std::string_view head) override {
    if (const auto type = store::header_in(head, "content-type")) m_type = *type;
  }

  void piece(std::string_view bytes) override {
    look(bytes, m_found);
    look_across(m_back, bytes, m_found);
    keep_back(m_back, bytes);
    // An answer is one piece.
    if (m_side == store::Side::response && log::is_event_stream(m_type, bytes)) look_in_message(bytes);
  }

  bool knows(const store::NodeKey& tip) override {
    const auto known = m_texts.chain(tip);
    if (known) m_chain = *known;
    return known.has_value();
  }

  void node(const store::NodeKey& key, const store::NodeKey& parent, std::string_view bytes) override {
    if (parent == k_no_parent) m_chain = {};
    look(bytes, m_chain.found);
    look_across(m_chain.back, bytes, m_chain.found);
    keep_back(m_chain.back, bytes);
    m_chain.front.append(
        bytes.substr(0, m_texts.overlap() - std::min(m_texts.overlap(), m_chain.front.size())));
    m_texts.note(key, m_chain);
  }

  void chain_ends() override {
    m_found |= m_chain.found;
    look_across(m_back, m_chain.front, m_found);
    keep_back(m_back, m_chain.back);
  }

 private:
  void look(std::string_view bytes, Found& found) const {
    for (std::size_t i = 0; i < m_texts.texts().size(); ++i) {
      const Literal& text = m_texts.texts()[i];
      if (!found[i]) found[i] = text.is_in(bytes) || text.is_in_escaped(bytes);
    }
  }

  // What is cut lies outside of JSON's strings: escapes need not be undone across it.
  void look_across(std::string_view back, std::string_view bytes, Found& found) const {
    if (back.empty()) return;
    std::string both(back);
    both.append(bytes.substr(0, m_texts.overlap()));
    for (std::size_t i = 0; i < m_texts.texts().size(); ++i)
      if (!found[i]) found[i] = m_texts.texts()[i].is_in(both);
  }

  void keep_back(std::string& back, std::string_view bytes) const {
    const std::size_t size = m_texts.overlap();
    if (bytes.size() >= size) {
      back.assign(bytes.substr(bytes.size() - size));
      return;
    }
    back.append(bytes);
    back.erase(0, back.size() - std::min(size, back.size()));
  }

  void look_in_message(std::string_view events) {
    std::optional<std::string> message;
    for (std::size_t i = 0; i < m_texts.texts().size(); ++i) {
      if (m_found[i] || !might_join(m_texts.texts()[i], events)) continue;
      if (!message) message = log::joined_message(events).value_or("");
      m_found[i] = m_texts.texts()[i].is_in(*message) || m_texts.texts()[i].is_in_escaped(*message);
    }
  }

  SearchedTexts& m_texts;
  const store::Side m_side;
  Found& m_found;
  std::optional<std::string> m_type;
  std::string m_back;  // the last bytes of what was told so far
  Chain m_chain;       // the one that is being told
};

}  // namespace

SearchedTexts::SearchedTexts(const Filter& filter) {
  for (const Term& term : filter.terms) {
    if (term.field != Field::search || m_texts.size() == k_terms_max) continue;
    m_texts.emplace_back(term.text);
    m_overlap = std::max(m_overlap, term.text.size() - std::min<std::size_t>(term.text.size(), 1));
  }
}

std::optional<Chain> SearchedTexts::chain(const store::NodeKey& tip) const {
  std::lock_guard lock(m_mutex);
  const auto at = m_chains.find(tip);
  if (at == m_chains.end()) return {};
  return at->second;
}

void SearchedTexts::note(const store::NodeKey& tip, Chain chain) {
  std::lock_guard lock(m_mutex);
  if (m_chains.size() >= k_chains_max) m_chains.clear();
  m_chains.insert_or_assign(tip, std::move(chain));
}

// The keys are digests: any of their bytes do.
std::size_t SearchedTexts::KeyHash::operator()(const store::NodeKey& key) const {
  std::size_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

Result<bool> BodySearch::matches(const Uuid& id) {
  Found found;
  for (const store::Side side : {store::Side::request, store::Side::response}) {
    Looker looker(m_texts, side, found);
    PK_TRY(m_reader.read(id, side, looker));
    if (found.count() == m_texts.texts().size()) return true;
  }
  return false;
}

}  // namespace pk::query
