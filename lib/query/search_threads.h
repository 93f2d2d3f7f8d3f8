// A search on several threads: records are put in, and come out in the same order, those that have the texts.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/in_order.h"
#include "query/body_search.h"

namespace pk::query {

// Some records that were looked at.
struct Looked {
  std::size_t records = 0;
  std::vector<Uuid> found;
  std::vector<Error> damaged;  // each names its record
  std::optional<Error> error;  // the search cannot go on
};

// Lives on one thread.
class SearchThreads {
 public:
  // `take` is called on this thread; false: enough.
  SearchThreads(const std::shared_ptr<store::Env>& env, const Filter& filter,
                std::function<bool(Looked)> take);

  // False once `take` had enough.
  bool put(const Uuid& id);
  bool finish();

 private:
  Looked look(std::size_t thread, const std::vector<Uuid>& ids);

  SearchedTexts m_texts;
  std::vector<std::unique_ptr<BodySearch>> m_searches;  // one a thread
  std::vector<Uuid> m_ids;
  std::size_t m_piece;
  InOrder<std::vector<Uuid>, Looked> m_order;
};

}  // namespace pk::query
