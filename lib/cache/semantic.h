// The semantic cache: which stored answer was given to a question that means the same. The nearest neighbour
// by cosine within a partition, and then a guard against neighbours that only look alike. Shared by all
// workers; any thread. It holds vectors and words; the answers stay in the Store.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/entry.h"
#include "cache/fingerprint.h"

namespace pk::cache {

inline constexpr std::size_t k_semantic_messages_max = 4;  // reference section 4
inline constexpr std::size_t k_semantic_tokens_max = 8191;
inline constexpr double k_semantic_threshold = 0.95;

// What of a request is compared by meaning, and what must agree to the letter.
struct Question {
  std::string words;   // of the last user messages: what is embedded
  Digest partition{};  // path, provider, host, credential, namespace or headers, metadata, and every member
                       // of the body but the user's messages: model, parameters, tools, and the system prompt
};

// None: not a request for it (endpoint, too many messages or tokens, no user message, content that is not
// text).
std::optional<Question> question_of(const RequestFacts& facts);

struct Nearest {
  Key key{};
  Uuid log_id;
  double score = 0;
  std::string verdict;  // "hit", "below-threshold", or the guard's word
};

class Semantic {
 public:
  struct Options {
    double threshold = k_semantic_threshold;
    std::size_t dimensions = 0;  // 0: those of the first vector
    std::size_t entries_max = 200'000;
  };
  explicit Semantic(Options options);
  ~Semantic();

  // question_of(), its partition this embedder's.
  std::optional<Question> question(const RequestFacts& facts) const;

  // None: the partition is empty. Entries that are over do not count.
  std::optional<Nearest> nearest(const Question& question, const std::vector<float>& embedding,
                                 std::int64_t now_ms);

  // Of a new entry, or of one that was read at the start.
  void add(const Key& key, const Entry& entry);
  void remove(const Key& key);
  // All keys of a partition whose score reaches the threshold: what a refresh makes anew.
  std::vector<Key> matches(const Question& question, const std::vector<float>& embedding);

  std::size_t size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace pk::cache
