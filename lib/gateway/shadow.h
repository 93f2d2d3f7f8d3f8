// Measures the semantic cache: some of its hits are asked upstream all the same, after the client has its
// answer, and the two answers are compared. What is asked goes the way of every request, without the cache,
// and has a record of its own: somebody pays for it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/rng.h"
#include "cache/embedder.h"
#include "cache/entry.h"
#include "http/handler.h"
#include "log/record.h"

namespace pk::gateway {

inline constexpr std::size_t k_shadows_at_once_max = 4;       // of a worker; a hit beyond them is not tried
inline constexpr std::size_t k_shadow_bytes_max = 4'000'000;  // of an answer
// In the metadata of a shadow's record: the id of the record of the hit.
inline constexpr std::string_view k_shadow_key = "_shadow_of";

// What an answer says: the text of all its choices, runs of white space as one space. "" where it says
// nothing that can be compared (tool calls, an error, no JSON). Pure.
std::string answer_words(log::Endpoint endpoint, bool event_stream, std::string_view body);

// The request of a hit, to be sent again: the trace of the first one, k_shadow_key in its metadata. Pure.
http::Request shadow_request(const log::LogRecord& hit, std::string_view target, http::Headers headers,
                             std::string_view body);

// One worker's, on its thread. What it refers to outlives it.
class Shadow {
 public:
  struct Options {
    double rate = 0;       // share of hits, 0 to 1
    double threshold = 1;  // cosine from which on two answers say the same, if the guard agrees
  };
  using Post = std::function<void(std::function<void()>)>;
  // Gets a name of cache/precision.h for each hit that was tried.
  using Count = std::function<void(std::string_view)>;

  // `plane` serves without a cache.
  Shadow(http::Handler& plane, cache::Embedder& embedder, Options options, Rng rng, Post post, Count count);
  ~Shadow();

  bool possible() const { return m_options.rate > 0; }
  // Whether this hit is to be tried: drawn for each.
  bool draw();
  // Starts with the loop's next turn.
  void ask(http::Request request, log::Endpoint endpoint, cache::EntryPtr stored);

  // No more begin; `over` is called when the last one has ended. Once.
  void drain(std::function<void()> over);
  // Those that run end, as if their clients left.
  void end();

 private:
  class Client;
  struct Comparison {
    http::Request request;
    log::Endpoint endpoint;
    cache::EntryPtr stored;
  };
  Task<void> run(Comparison comparison);
  Task<void> try_one(const Comparison& comparison);
  Task<std::string_view> compare(std::string stored, std::string fresh);

  http::Handler& m_plane;
  cache::Embedder& m_embedder;
  const Options m_options;
  Rng m_rng;
  const Post m_post;
  const Count m_count;
  std::size_t m_running = 0;
  std::set<Client*> m_clients;
  std::function<void()> m_drained;
  bool m_draining = false;
  bool m_ended = false;
};

}  // namespace pk::gateway
