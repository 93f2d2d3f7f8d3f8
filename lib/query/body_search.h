// Whether the searches of a filter are found in the bodies of a record, for a great many records: what
// matches_content() of search.h says, without making records of them. A conversation's pieces are unpacked
// and searched once, whoever of its turns is looked at.
#pragma once

#include <bitset>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "query/filter.h"
#include "query/literal.h"
#include "store/bodies.h"

namespace pk::query {

// What is searched for, and what was found in conversations so far. Shared by the threads of one search.
class SearchedTexts {
 public:
  explicit SearchedTexts(const Filter& filter);

  using Found = std::bitset<k_terms_max>;  // a bit for each text

  // What is known of a chain of nodes up to one of them: which texts are in it, and its first and last bytes,
  // for texts that reach beyond.
  struct Chain {
    Found found;
    std::string front, back;
  };
  std::optional<Chain> chain(const store::NodeKey& tip) const;
  void note(const store::NodeKey& tip, Chain chain);

  const std::vector<Literal>& texts() const { return m_texts; }
  std::size_t overlap() const { return m_overlap; }  // bytes that a text may have on one side of a cut

 private:
  struct KeyHash {
    std::size_t operator()(const store::NodeKey& key) const;
  };

  std::vector<Literal> m_texts;
  std::size_t m_overlap = 0;
  mutable std::mutex m_mutex;
  std::unordered_map<store::NodeKey, Chain, KeyHash> m_chains;
};

// One thread. `texts` outlives it.
class BodySearch {
 public:
  BodySearch(std::shared_ptr<store::Env> env, SearchedTexts& texts)
      : m_reader(std::move(env)), m_texts(texts) {}

  // Whether each text is in the request's or the response's body, or in the message that a stream makes.
  // corrupt, naming the log, where they cannot be read.
  Result<bool> matches(const Uuid& id);
  // Between stretches of work, see store/bodies.h.
  void rest() { m_reader.rest(); }

 private:
  store::BodyReader m_reader;
  SearchedTexts& m_texts;
};

}  // namespace pk::query
