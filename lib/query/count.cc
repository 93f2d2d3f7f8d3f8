#include "query/count.h"

#include "query/run.h"

namespace pk::query {

namespace {

Result<std::optional<Uuid>> next(const store::LogReader& reader, const Filter& filter, const Uuid& id,
                                 store::Order order) {
  std::optional<Uuid> found;
  PK_TRY(run(reader, {.filter = filter, .limit = 1, .after = id, .order = order},
             [&](const log::LogRecord& record) {
               found = record.id;
               return false;
             }));
  return found;
}

}  // namespace

Result<Count> count(const store::LogReader& reader, const Filter& filter, std::uint64_t rows_max) {
  Count count;
  if (filter.terms.empty()) {
    PK_ASSIGN(count.records, reader.count());
    return count;
  }
  PK_ASSIGN(const Page page,
            run(reader, {.filter = filter, .limit = 0, .rows_max = rows_max}, [&](const log::LogRecord&) {
              ++count.records;
              return true;
            }));
  count.exact = !page.cut_short;
  return count;
}

Result<Neighbours> neighbours(const store::LogReader& reader, const Filter& filter, const Uuid& id) {
  Neighbours found;
  PK_ASSIGN(found.newer, next(reader, filter, id, store::Order::oldest_first));
  PK_ASSIGN(found.older, next(reader, filter, id, store::Order::newest_first));
  return found;
}

}  // namespace pk::query
