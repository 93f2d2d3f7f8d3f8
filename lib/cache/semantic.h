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

inline constexpr std::size_t k_semantic_messages_max = 4;  // of all roles: reference section 4
inline constexpr std::size_t k_semantic_tokens_max = 8191;
inline constexpr double k_semantic_threshold = 0.95;

// What of a request is compared by meaning, and what must agree to the letter.
struct Question {
  std::string words;  // of the user's messages, one after the other: what is embedded
  Digest
      partition{};  // of everything else: path, provider, host, credential, namespace or headers, metadata,
                    // and every member of the body: model, parameters, tools, system prompt, earlier answers
};

// None: not a request for it: another endpoint than chat-completions and completions, more than
// k_semantic_messages_max messages, no words of a user, or words that are no text (images, ids of tokens).
// Too long: a token is reckoned as 4 bytes, which is little, so that some longer requests are taken as well;
// an embedder that cannot take them makes a miss.
std::optional<Question> question_of(const RequestFacts& facts);

struct Nearest {
  Key key{};
  Uuid log_id;
  double score = 0;     // cosine
  std::string verdict;  // "hit", "below-threshold", or the guard's word
};

class Semantic {
 public:
  struct Options {
    double threshold = k_semantic_threshold;
    std::size_t dimensions = 0;  // 0: in each partition those of its first vector
    std::size_t entries_max = 200'000;
    std::size_t vector_bytes_max = 1'500'000'000;  // of all vectors: fewer entries where they are long
    std::string embedder;  // what made the vectors: those of another one are no neighbours
  };
  explicit Semantic(Options options);
  ~Semantic();

  // question_of(), its partition this embedder's.
  std::optional<Question> question(const RequestFacts& facts) const;

  // Among the few nearest that reach the threshold the best that the guard lets pass, else the nearest of
  // all. None: the partition is empty. Entries that are over do not count.
  std::optional<Nearest> nearest(const Question& question, const std::vector<float>& embedding,
                                 std::int64_t now_ms);

  // Of a new entry, or of one that was read at the start; where there is no room the oldest go. An entry
  // without an embedding, or with one of other dimensions, is passed over.
  void add(const Key& key, const Entry& entry);
  void remove(const Key& key);
  // The keys of a partition that would be hits: what a refresh makes anew.
  std::vector<Key> matches(const Question& question, const std::vector<float>& embedding);

  double threshold() const;
  std::size_t size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace pk::cache
