#include "query/export.h"

#include <optional>
#include <utility>

#include "base/in_order.h"
#include "base/work_threads.h"
#include "query/body_search.h"

namespace pk::query {

namespace {

constexpr std::size_t k_ids_per_piece = 64;
constexpr std::size_t k_pieces_per_thread = 4;

using Ids = std::vector<Uuid>;

// What came of some ids.
struct Piece {
  std::string text;
  std::size_t records = 0;
  std::vector<std::string> damaged;
  std::optional<Error> error;
  Ids rest;  // not looked at, for there was text enough
};

Filter without_searches(const Filter& filter) {
  Filter rest = filter;
  std::erase_if(rest.terms, [](const Term& term) { return term.field == Field::search; });
  return rest;
}

class Exporter {
 public:
  Exporter(const std::shared_ptr<store::Env>& env, const Export& what) : m_what(what), m_texts(what.filter) {
    for (std::size_t i = 0; i < export_threads(); ++i) {
      m_readers.emplace_back(env);
      m_searches.push_back(std::make_unique<BodySearch>(env, m_texts));
    }
  }

  Result<std::vector<std::string>> all() {
    const std::size_t threads = work_threads();
    InOrder<Ids, Piece> pieces(
        threads, threads * k_pieces_per_thread,
        [this](std::size_t thread, Ids ids) { return render(thread, std::move(ids)); },
        [this](Piece piece) { return take(std::move(piece)); });
    Ids ids;
    const auto add = [&](const Uuid& id) {
      if (m_what.wanted && !m_what.wanted(id)) return true;
      ids.push_back(id);
      return ids.size() < k_ids_per_piece || pieces.put(std::exchange(ids, {}));
    };
    PK_TRY(each_candidate(add));
    if (ids.empty() || pieces.put(std::move(ids))) pieces.finish();
    if (m_error) return *std::move(m_error);
    return std::move(m_damaged);
  }

 private:
  const store::LogReader& own_reader() const { return m_readers.back(); }

  // The ids of the records that match in all but their bodies.
  Result<void> each_candidate(const std::function<bool(const Uuid&)>& visit) {
    Query query{.filter = without_searches(m_what.filter), .limit = 0, .order = store::Order::oldest_first};
    if (query.filter.terms.empty())
      return own_reader().scan_ids({.from = {}, .before = {}, .order = query.order}, visit);
    PK_ASSIGN(Page page,
              run(own_reader(), query, [&](const log::LogRecord& record) { return visit(record.id); }));
    m_damaged = std::move(page.damaged);
    return {};
  }

  Piece render(std::size_t thread, Ids ids) {
    Piece piece;
    for (std::size_t i = 0; i < ids.size() && !piece.error; ++i) {
      if (piece.text.size() >= k_export_text_max) {
        piece.rest.assign(ids.begin() + static_cast<std::ptrdiff_t>(i), ids.end());
        break;
      }
      add(thread, ids[i], piece);
    }
    return piece;
  }

  void add(std::size_t thread, const Uuid& id, Piece& piece) {
    const auto record = read(thread, id);
    if (!record && record.error().code == Errc::corrupt)
      piece.damaged.push_back(record.error().message);
    else if (!record)
      piece.error = record.error();
    else if (*record) {
      m_what.render(thread, piece.text, **record);
      ++piece.records;
    }
  }

  // Nothing where it does not match.
  Result<std::optional<log::LogRecord>> read(std::size_t thread, const Uuid& id) {
    if (!m_texts.texts().empty()) {
      PK_ASSIGN(const bool found, m_searches[thread]->matches(id));
      m_searches[thread]->rest();
      if (!found) return std::optional<log::LogRecord>{};
    }
    return m_readers[thread].get(id);
  }

  bool take(Piece piece) {
    for (std::string& line : piece.damaged) m_damaged.push_back(std::move(line));
    if (piece.records > 0 && !m_what.take(piece.text, piece.records)) return false;
    if (!m_error) m_error = std::move(piece.error);
    if (m_error) return false;
    if (m_damaged.size() > k_damaged_max) {
      m_error = Error{Errc::corrupt, m_damaged.front()};
      return false;
    }
    // Bodies as large as these are read here, one at a time.
    const std::size_t here = m_readers.size() - 1;
    for (const Uuid& id : piece.rest) {
      Piece one;
      add(here, id, one);
      if (!take(std::move(one))) return false;
    }
    return true;
  }

  const Export& m_what;
  std::vector<store::LogReader> m_readers;  // one a thread, the last one is the caller's
  SearchedTexts m_texts;
  std::vector<std::unique_ptr<BodySearch>> m_searches;  // likewise
  std::vector<std::string> m_damaged;
  std::optional<Error> m_error;
};

}  // namespace

std::size_t export_threads() {
  return work_threads() + 1;
}

Result<std::vector<std::string>> run(const std::shared_ptr<store::Env>& env, const Export& what) {
  return Exporter(env, what).all();
}

}  // namespace pk::query
