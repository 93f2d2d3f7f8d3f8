#include "store/month.h"

#include <chrono>
#include <string>

#include "store/wire.h"

namespace pk::store {

namespace {

std::string key_of(Month month) {
  std::string key;
  append_big_endian(key, month);
  return key;
}

}  // namespace

Month month_of(std::int64_t wall_ms) {
  using namespace std::chrono;
  const year_month_day date(floor<days>(sys_time<milliseconds>(milliseconds(wall_ms))));
  return static_cast<Month>(static_cast<int>(date.year())) * 100 + static_cast<unsigned>(date.month());
}

Result<MonthCount> read_month(const Txn& txn, Month month) {
  const std::string key = key_of(month);
  PK_ASSIGN(const auto value, txn.get(Table::counters, key));
  if (!value) return MonthCount{};
  WireReader in(*value);
  in.fixed<std::uint64_t>();
  MonthCount count;
  count.logs = in.fixed<std::uint64_t>();
  count.content_skipped = in.fixed<std::uint64_t>();
  if (!in.ok() || !is_sealed(key, *value))
    return Error{Errc::corrupt, "the count of logs of month " + std::to_string(month) + " is damaged"};
  return count;
}

Result<MonthCount*> MonthTally::of(Month month) {
  const auto known = m_months.find(month);
  if (known != m_months.end()) return &known->second;
  Result<MonthCount> count = read_month(*m_txn, month);
  if (!count && count.error().code != Errc::corrupt) return std::move(count).error();
  return &(m_months[month] = count ? *count : MonthCount{});
}

Result<void> MonthTally::write() {
  for (const auto& [month, count] : m_months) {
    const std::string key = key_of(month);
    std::string value(k_sum_bytes, '\0');
    append_fixed(value, count.logs);
    append_fixed(value, count.content_skipped);
    seal(key, value.data(), value.size());
    PK_TRY(m_txn->put(Table::counters, key, value));
  }
  return {};
}

}  // namespace pk::store
