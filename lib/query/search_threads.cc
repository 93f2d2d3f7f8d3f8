#include "query/search_threads.h"

#include <algorithm>
#include <utility>

#include "base/work_threads.h"

namespace pk::query {

namespace {

// Small ones first: who wants the newest few is not to wait for many.
constexpr std::size_t k_first_piece = 16;
constexpr std::size_t k_largest_piece = 512;
constexpr std::size_t k_pieces_per_thread = 4;

}  // namespace

SearchThreads::SearchThreads(const std::shared_ptr<store::Env>& env, const Filter& filter,
                             std::function<bool(Looked)> take)
    : m_texts(filter),
      m_piece(k_first_piece),
      m_order(
          work_threads(), work_threads() * k_pieces_per_thread,
          [this](std::size_t thread, const std::vector<Uuid>& ids) { return look(thread, ids); },
          std::move(take)) {
  for (std::size_t i = 0; i < work_threads(); ++i)
    m_searches.push_back(std::make_unique<BodySearch>(env, m_texts));
}

bool SearchThreads::put(const Uuid& id) {
  m_ids.push_back(id);
  if (m_ids.size() < m_piece) return true;
  m_piece = std::min(m_piece * 2, k_largest_piece);
  return m_order.put(std::exchange(m_ids, {}));
}

bool SearchThreads::finish() {
  if (!m_ids.empty() && !m_order.put(std::exchange(m_ids, {}))) return false;
  return m_order.finish();
}

Looked SearchThreads::look(std::size_t thread, const std::vector<Uuid>& ids) {
  Looked looked;
  BodySearch& search = *m_searches[thread];
  for (const Uuid& id : ids) {
    ++looked.records;
    auto has = search.matches(id);
    if (has && *has) looked.found.push_back(id);
    if (!has && has.error().code == Errc::corrupt) looked.damaged.push_back(std::move(has).error());
    if (!has && has.error().code != Errc::corrupt) looked.error = std::move(has).error();
    if (looked.error) break;
  }
  search.rest();
  return looked;
}

}  // namespace pk::query
