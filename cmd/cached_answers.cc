#include "cached_answers.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "cache/local_admin.h"
#include "cache/precision.h"
#include "cache/redis_admin.h"
#include "config/cache_url.h"
#include "words.h"

namespace pk::cmd {

namespace {

// Always in the report; null where nobody counts. Others follow them where something was counted.
constexpr std::array<std::string_view, 4> k_counters = {"stored", "expired", "evicted", "dropped"};

Fact number_fact(std::string name, std::optional<std::uint64_t> number) {
  if (!number) return {std::move(name), "null", ""};
  return {std::move(name), fmt::format("{}", *number), thousands(static_cast<std::int64_t>(*number))};
}

Fact bytes_fact(std::string name, std::optional<std::uint64_t> bytes, std::string_view label) {
  if (!bytes) return {std::move(name), "null", ""};
  return {std::move(name), fmt::format("{}", *bytes), human_bytes(*bytes), label};
}

Fact time_fact(std::string name, std::optional<std::int64_t> at_ms) {
  if (!at_ms) return {std::move(name), "null", ""};
  return {std::move(name), json_string(rfc3339(*at_ms)), rfc3339(*at_ms)};
}

void append_counters(std::vector<Fact>& facts, const std::map<std::string, std::uint64_t>& counters) {
  for (const std::string_view name : k_counters) {
    const auto it = counters.find(std::string(name));
    facts.push_back(number_fact(std::string(name), it == counters.end() ? 0 : it->second));
  }
  for (const auto& [counted, number] : counters) {
    if (std::ranges::find(k_counters, counted) != k_counters.end()) continue;
    std::string name = counted;
    std::ranges::replace(name, '-', '_');
    facts.push_back(number_fact(std::move(name), number));
  }
}

// How many of the semantic hits that were asked upstream too were right, with the 95 % interval; nothing
// where none could be compared.
void append_precision(std::vector<Fact>& facts, const std::map<std::string, std::uint64_t>& counters) {
  const auto of = [&](std::string_view name) {
    const auto it = counters.find(std::string(name));
    return it == counters.end() ? std::uint64_t{0} : it->second;
  };
  const std::uint64_t same = of(cache::k_shadow_same);
  const std::uint64_t compared = same + of(cache::k_shadow_different);
  if (compared == 0) return;
  const cache::Interval interval = cache::wilson_95(same, compared);
  const double share = static_cast<double>(same) / static_cast<double>(compared);
  facts.push_back({"semantic_precision", fmt::format("{:.4f}", share),
                   fmt::format("{:.1f} %, {:.1f} to {:.1f} % (95 %)", 100 * share, 100 * interval.low,
                               100 * interval.high)});
  facts.push_back({"semantic_precision_low", fmt::format("{:.4f}", interval.low), ""});
  facts.push_back({"semantic_precision_high", fmt::format("{:.4f}", interval.high), ""});
}

class LocalAnswers final : public CachedAnswers {
 public:
  LocalAnswers(std::filesystem::path folder, std::optional<cache::LocalAdmin> admin)
      : m_folder(std::move(folder)), m_admin(std::move(admin)) {}

  Result<std::vector<Fact>> facts() override {
    cache::LocalStatistics now;
    if (m_admin) {
      PK_ASSIGN(now, m_admin->statistics());
    }
    std::vector<Fact> facts = {{"store", json_string("local"), "in " + m_folder.string()},
                               number_fact("entries", now.entries),
                               bytes_fact("bytes", now.bytes, "take"),
                               bytes_fact("bytes_max", now.bytes_max, "of at most"),
                               bytes_fact("file_bytes", now.file_bytes, "file"),
                               time_fact("oldest", now.oldest_ms),
                               time_fact("newest", now.newest_ms)};
    append_counters(facts, now.counters);
    append_precision(facts, now.counters);
    return facts;
  }
  Result<std::uint64_t> count() override {
    if (!m_admin) return std::uint64_t{0};
    PK_ASSIGN(const cache::LocalStatistics now, m_admin->statistics());
    return now.entries;
  }
  Result<std::uint64_t> clear() override { return m_admin ? m_admin->clear() : std::uint64_t{0}; }
  Result<std::uint64_t> remove_texts(const FindText& find, const std::vector<Uuid>& logs,
                                     bool dry_run) override {
    if (!m_admin) return std::uint64_t{0};
    const auto goes = [&](const cache::Entry& entry) {
      return std::ranges::binary_search(logs, entry.log_id) || has_text(entry, find);
    };
    return m_admin->remove_if(goes, dry_run);
  }
  bool is_local() const override { return true; }
  Result<std::uint64_t> remove_log(const Uuid& log_id) override {
    return m_admin ? m_admin->remove_log(log_id) : std::uint64_t{0};
  }
  // Keys are bytes there: of an odd number of digits the last stands for sixteen bytes.
  Result<std::uint64_t> remove_key(std::string_view digits) override {
    if (!m_admin) return std::uint64_t{0};
    std::uint64_t removed = 0;
    const bool odd = digits.size() % 2 != 0;
    for (const char last : std::string_view(odd ? "0123456789abcdef" : " ")) {
      std::string all(digits);
      if (odd) all += last;
      PK_ASSIGN(const std::uint64_t more, m_admin->remove_prefix(bytes_of(all)));
      removed += more;
    }
    return removed;
  }

 private:
  static bool has_text(const cache::Entry& entry, const FindText& find) {
    std::string words = entry.words;
    log::Content body{{{"content-type", entry.content_type}}, entry.body};
    return log::erase_text(words, find) > 0 || log::erase_body(body, find) > 0;
  }

  static std::string bytes_of(std::string_view digits) {
    const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
      bytes += static_cast<char>(value(digits[i]) * 16 + value(digits[i + 1]));
    return bytes;
  }

  const std::filesystem::path m_folder;
  std::optional<cache::LocalAdmin> m_admin;  // none: no cache yet
};

class RedisAnswers final : public CachedAnswers {
 public:
  RedisAnswers(std::string where, cache::RedisAdmin admin)
      : m_where(std::move(where)), m_admin(std::move(admin)) {}

  Result<std::vector<Fact>> facts() override {
    PK_ASSIGN(const cache::RedisStatistics now, m_admin.statistics());
    std::vector<Fact> facts = {{"store", json_string(m_where), m_where}, number_fact("entries", now.entries),
                               bytes_fact("bytes", now.bytes, "take"),   bytes_fact("bytes_max", {}, ""),
                               bytes_fact("file_bytes", {}, ""),         time_fact("oldest", now.oldest_ms),
                               time_fact("newest", now.newest_ms)};
    for (const std::string_view name : k_counters) facts.push_back(number_fact(std::string(name), {}));
    facts.push_back(number_fact("damaged", now.damaged));
    return facts;
  }
  Result<std::uint64_t> count() override {
    PK_ASSIGN(const cache::RedisStatistics now, m_admin.statistics());
    return now.entries;
  }
  Result<std::uint64_t> clear() override { return m_admin.clear(); }
  Result<std::uint64_t> remove_texts(const FindText&, const std::vector<Uuid>& logs, bool dry_run) override {
    std::uint64_t removed = 0;
    if (dry_run) return removed;
    for (const Uuid& id : logs) {
      PK_ASSIGN(const std::uint64_t more, m_admin.remove_log(id));
      removed += more;
    }
    return removed;
  }
  bool is_local() const override { return false; }
  Result<std::uint64_t> remove_log(const Uuid& log_id) override { return m_admin.remove_log(log_id); }
  Result<std::uint64_t> remove_key(std::string_view digits) override { return m_admin.remove_prefix(digits); }

 private:
  const std::string m_where;
  cache::RedisAdmin m_admin;
};

Result<std::unique_ptr<CachedAnswers>> open_redis(const std::string& text) {
  PK_ASSIGN(const config::CacheUrl url, config::parse_cache_url(text));
  PK_ASSIGN(cache::RedisAdmin admin, cache::RedisAdmin::connect(url));
  return std::unique_ptr<CachedAnswers>(std::make_unique<RedisAnswers>(shown(url), std::move(admin)));
}

}  // namespace

void add_cache_flag(CLI::App& command, Context& context) {
  for (const config::SettingKey& key : config::setting_keys())
    if (key.key == "cache_url") add_setting_flag(command, key, context);
}

Result<std::unique_ptr<CachedAnswers>> CachedAnswers::open(const Context& context) {
  const std::string& url = context.settings.cache_url;
  if (!url.empty() && url != "off") return open_redis(url);
  auto admin = cache::LocalAdmin::open(context.data);
  if (!admin && admin.error().code != Errc::not_found) {
    // What cannot be opened is a failure: neither wrong usage nor something that pk does not permit.
    const Errc code = admin.error().code;
    const bool misleading = code == Errc::invalid || code == Errc::unauthorized;
    return Error{misleading ? Errc::io : code, admin.error().message};
  }
  return std::unique_ptr<CachedAnswers>(
      std::make_unique<LocalAnswers>(context.data, admin ? std::optional(*std::move(admin)) : std::nullopt));
}

}  // namespace pk::cmd
