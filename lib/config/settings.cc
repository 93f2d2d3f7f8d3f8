#include "config/settings.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <limits>

#include "base/text.h"
#include "base/time_text.h"
#include "config/cache_url.h"
#include "config/settings_file.h"

namespace pk::config {

namespace {

using Values = std::vector<std::string>;  // one, but for lists

Error wrong(std::string_view value, std::string_view wanted) {
  return {Errc::invalid, fmt::format("'{}' is not possible; {}", visible(value, false), wanted)};
}

// Each of these sets one member from its text; the table below names them.
template <auto Member>
Result<void> set_text(Settings& s, const Values& values) {
  s.*Member = values.back();
  return {};
}

template <auto Member>
Result<void> set_list(Settings& s, const Values& values) {
  for (const std::string& value : values)
    if (value.empty() || value.find_first_of(" \t\r\n") != std::string::npos)
      return wrong(value, "write a host name");
  s.*Member = values;
  return {};
}

template <auto Member, bool Value = true>
Result<void> set_bool(Settings& s, const Values& values) {
  static constexpr std::string_view yes[] = {"", "true", "1", "yes", "on"},
                                    no[] = {"false", "0", "no", "off"};
  const std::string value = ascii_lower(values.back());
  if (std::ranges::find(yes, value) != std::end(yes))
    s.*Member = Value;
  else if (std::ranges::find(no, value) != std::end(no))
    s.*Member = !Value;
  else
    return wrong(values.back(), "write true or false");
  return {};
}

template <auto Member>
Result<void> set_duration(Settings& s, const Values& values) {
  const auto ms = parse_duration_ms(values.back());
  if (!ms || *ms == 0) return wrong(values.back(), "write a duration such as 500ms, 30s, 2m");
  s.*Member = *ms;
  return {};
}

template <auto Member, std::uint64_t Least>
Result<void> set_bytes(Settings& s, const Values& values) {
  const auto bytes = parse_bytes(values.back());
  if (!bytes || *bytes < Least)
    return wrong(values.back(),
                 fmt::format("write a size of at least {}, such as 64kB, 10MB", human_bytes(Least)));
  s.*Member = *bytes;
  return {};
}

Result<void> set_listen(Settings& s, const Values& values) {
  PK_ASSIGN(s.listen, parse_listen(values.back()));
  return {};
}

Result<void> set_workers(Settings& s, const Values& values) {
  constexpr std::int64_t k_workers_max = 1024;
  const auto n = parse_int(values.back());
  if (!n || *n < 0 || *n > k_workers_max)
    return wrong(values.back(), fmt::format("write 0 (one per core) to {}", k_workers_max));
  s.workers = static_cast<int>(*n);
  return {};
}

Result<void> set_durability(Settings& s, const Values& values) {
  if (values.back() != "strict" && values.back() != "relaxed")
    return wrong(values.back(), "choose strict or relaxed");
  s.durability = values.back() == "strict" ? Durability::strict : Durability::relaxed;
  return {};
}

Result<void> set_on_log_failure(Settings& s, const Values& values) {
  if (values.back() != "serve" && values.back() != "refuse")
    return wrong(values.back(), "choose serve or refuse");
  s.on_log_failure = values.back() == "serve" ? OnLogFailure::serve : OnLogFailure::refuse;
  return {};
}

Result<void> set_plan(Settings& s, const Values& values) {
  static constexpr std::string_view plans[] = {"developer", "production", "enterprise"};
  if (std::ranges::find(plans, values.back()) == std::end(plans))
    return wrong(values.back(), "choose developer, production or enterprise");
  s.plan = values.back();
  return {};
}

Result<void> set_color(Settings& s, const Values& values) {
  static constexpr std::string_view choices[] = {"auto", "always", "never"};
  if (std::ranges::find(choices, values.back()) == std::end(choices))
    return wrong(values.back(), "choose auto, always or never");
  s.color = values.back();
  return {};
}

Result<void> set_public_url(Settings& s, const Values& values) {
  std::string_view url = values.back();
  while (url.ends_with('/')) url.remove_suffix(1);
  const std::size_t scheme = istarts_with(url, "https://") ? 8 : istarts_with(url, "http://") ? 7 : 0;
  if (scheme == 0 || url.size() == scheme || url[scheme] == ':' ||
      url.find_first_of(" \t\r\n?#@\"<>") != std::string_view::npos)
    return wrong(values.back(), "write https://host or http://host:port");
  s.public_url = url;
  return {};
}

Result<void> set_cache_url(Settings& s, const Values& values) {
  if (values.back() != "off") PK_TRY(parse_cache_url(values.back()));
  s.cache_url = values.back();
  return {};
}

Result<void> set_default_config(Settings& s, const Values& values) {
  if (!values.back().starts_with("pc-") || values.back().size() == 3)
    return wrong(values.back(), "write the id of a saved config, pc-…");
  s.default_config = values.back();
  return {};
}

// "customer=C-[0-9]{6}".
Result<NamedPattern> read_named_pattern(const std::string& text) {
  constexpr std::size_t k_name_chars_max = 32;
  constexpr std::string_view k_name_chars = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::size_t equals = text.find('=');
  NamedPattern named{text.substr(0, equals), {}};
  if (equals == std::string::npos || named.name.empty() || named.name.size() > k_name_chars_max ||
      named.name.find_first_not_of(k_name_chars) != std::string::npos)
    return wrong(text, "write NAME=PATTERN, the name in small letters, digits, - and _");
  named.pattern = text.substr(equals + 1);
  if (named.pattern.empty()) return wrong(text, "a pattern is wanted after the =");
  if (Result<void> good = check_pattern(named.pattern); !good)
    return std::move(good).error().within(named.name);
  return named;
}

Result<void> set_share_patterns(Settings& s, const Values& values) {
  constexpr std::size_t k_patterns_max = 32;
  if (values.size() > k_patterns_max)
    return Error{Errc::invalid, fmt::format("at most {} patterns are possible", k_patterns_max)};
  s.share_patterns.clear();
  for (const std::string& value : values) {
    PK_ASSIGN(s.share_patterns.emplace_back(), read_named_pattern(value));
  }
  return {};
}

// From 0 to 1.
template <auto Member>
Result<void> set_share(Settings& s, const Values& values) {
  const auto share = parse_real(values.back());
  if (!share || *share < 0 || *share > 1) return wrong(values.back(), "write a number from 0 to 1");
  s.*Member = *share;
  return {};
}

Result<void> set_dimensions(Settings& s, const Values& values) {
  constexpr std::int64_t k_dimensions_max = 16'384;
  const auto n = parse_int(values.back());
  if (!n || *n < 1 || *n > k_dimensions_max)
    return wrong(values.back(), fmt::format("write 1 to {}", k_dimensions_max));
  s.semantic_cache_dimensions = static_cast<std::uint32_t>(*n);
  return {};
}

struct Row {
  SettingKey info;
  SettingType type;
  Result<void> (*set)(Settings&, const Values&);
  std::string_view opposite = {};  // "no_ui": the key of the flag that turns it off
  Result<void> (*set_opposite)(Settings&, const Values&) = nullptr;
};

using enum SettingType;
constexpr Row k_rows[] = {
    {{"data", "--data", "DIR", "folder of the ledger", false, true}, text, set_text<&Settings::data>},
    {{"color", "--color", "auto|always|never", "when to use colours", false, true}, text, set_color},
    {{"listen", "--listen", "HOST:PORT", "address to listen on (127.0.0.1:8787; port 0 picks one)"},
     text,
     set_listen},
    {{"workers", "--workers", "N", "threads that serve (0: one per core)"}, integer, set_workers},
    {{"durability", "--durability", "strict|relaxed",
      "whether a response ends only when its record is on disk"},
     text,
     set_durability},
    {{"on_log_failure", "--on-log-failure", "serve|refuse",
      "what to do with a request that cannot be logged"},
     text,
     set_on_log_failure},
    {{"plan", "--plan", "developer|production|enterprise",
      "what the ledger keeps (else as pk plan set says)"},
     text,
     set_plan},
    {{"ui", "--no-ui", "", "serve no pages, only the API"},
     boolean,
     set_bool<&Settings::ui>,
     "no_ui",
     set_bool<&Settings::ui, false>},
    {{"allow_upstream", "--allow-upstream", "HOST", "an upstream host outside the trusted set", true},
     list,
     set_list<&Settings::allow_upstream>},
    {{"host_name", "--host-name", "NAME", "a Host name that requests may carry", true},
     list,
     set_list<&Settings::host_name>},
    {{"public_url", "--public-url", "URL", "where others reach this server"}, text, set_public_url},
    {{"tls_cert", "--tls-cert", "FILE", "certificate chain, PEM"}, text, set_text<&Settings::tls_cert>},
    {{"tls_key", "--tls-key", "FILE", "its private key, PEM"}, text, set_text<&Settings::tls_key>},
    {{"insecure_http", "--insecure-http", "", "allow plain HTTP beyond loopback"},
     boolean,
     set_bool<&Settings::insecure_http>},
    {{"default_provider", "--default-provider", "SLUG", "for requests that name none"},
     text,
     set_text<&Settings::default_provider>},
    {{"default_config", "--default-config", "ID", "for requests that name none"}, text, set_default_config},
    {{"debug", "--no-debug", "", "track nothing, as x-portkey-debug: false does for one request"},
     boolean,
     set_bool<&Settings::debug>,
     "no_debug",
     set_bool<&Settings::debug, false>},
    {{"share_patterns", "--share-pattern", "NAME=PATTERN",
      "what redacted shares mask beside addresses and keys", true},
     list,
     set_share_patterns},
    {{"cache_url", "--cache", "URL", "keep cached answers in a Redis, or off (else in the data folder)"},
     text,
     set_cache_url},
    {{"cache_bytes_max", "--cache-bytes-max", "SIZE", "of cached answers, the oldest go first (1GB)"},
     bytes,
     set_bytes<&Settings::cache_bytes_max, 1'000'000>},
    {{"cache_entry_bytes_max", "--cache-entry-bytes-max", "SIZE", "largest answer that is cached (4MB)"},
     bytes,
     set_bytes<&Settings::cache_entry_bytes_max, 1024>},
    {{"cache_coalesce", "--no-cache-coalesce", "",
      "send each of identical requests upstream, also while one is under way"},
     boolean,
     set_bool<&Settings::cache_coalesce>,
     "no_cache_coalesce",
     set_bool<&Settings::cache_coalesce, false>},
    {{"semantic_cache_provider", "--semantic-cache-provider", "SLUG",
      "who embeds words for the semantic cache"},
     text,
     set_text<&Settings::semantic_cache_provider>},
    {{"semantic_cache_model", "--semantic-cache-model", "MODEL", "its model of embeddings"},
     text,
     set_text<&Settings::semantic_cache_model>},
    {{"semantic_cache_custom_host", "--semantic-cache-custom-host", "URL",
      "where it is, if not at its own address"},
     text,
     set_text<&Settings::semantic_cache_custom_host>},
    {{"semantic_cache_virtual_key", "--semantic-cache-virtual-key", "NAME",
      "a virtual key for it (else the provider's variable, OPENAI_API_KEY)"},
     text,
     set_text<&Settings::semantic_cache_virtual_key>},
    {{"semantic_cache_threshold", "--semantic-cache-threshold", "COSINE",
      "least likeness of a semantic hit (0.95)"},
     real,
     set_share<&Settings::semantic_cache_threshold>},
    {{"semantic_cache_dimensions", "--semantic-cache-dimensions", "N",
      "of the embeddings (else the model's own)"},
     integer,
     set_dimensions},
    {{"semantic_cache_shadow_rate", "--semantic-cache-shadow-rate", "SHARE",
      "of semantic hits that are also asked upstream, to compare (0)"},
     real,
     set_share<&Settings::semantic_cache_shadow_rate>},
    {{"grace", "--grace", "DURATION", "at the end, wait at most this long for what runs (30s)"},
     text,
     set_duration<&Settings::grace_ms>},
    {{"header_timeout", "--header-timeout", "DURATION", "for a request's head to arrive (15s)"},
     text,
     set_duration<&Settings::header_timeout_ms>},
    {{"idle_timeout", "--idle-timeout", "DURATION", "for a client's next request (75s)"},
     text,
     set_duration<&Settings::idle_timeout_ms>},
    {{"connect_timeout", "--connect-timeout", "DURATION", "to connect to an upstream (10s)"},
     text,
     set_duration<&Settings::connect_timeout_ms>},
    {{"header_bytes_max", "--header-bytes-max", "SIZE", "largest request head (64kB)"},
     bytes,
     set_bytes<&Settings::header_bytes_max, 1024>},
    {{"body_bytes_max", "--body-bytes-max", "SIZE", "largest request body (100MB)"},
     bytes,
     set_bytes<&Settings::body_bytes_max, 1024>},
    {{"mailbox_bytes_max", "--mailbox-bytes-max", "SIZE", "records on their way to disk (32MB)"},
     bytes,
     set_bytes<&Settings::mailbox_bytes_max, 1'000'000>},
};

constexpr auto k_keys = [] {
  std::array<SettingKey, std::size(k_rows)> keys;
  for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = k_rows[i].info;
  return keys;
}();

std::string valid_keys() {
  std::vector<std::string_view> names;
  for (const Row& row : k_rows) names.push_back(row.info.key);
  return fmt::format("{}", fmt::join(names, " "));
}

std::string environment_name(std::string_view key) {
  std::string name = "PK_";
  for (char c : key) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name;
}

// `where` is "path:line: key" for the file, the variable's or the flag's name otherwise.
Result<void> apply(Settings& settings, const Row& row, bool opposite, const Values& values,
                   const std::string& where) {
  const bool blank = row.type != boolean && std::ranges::any_of(values, &std::string::empty);
  if (values.empty() || blank) return Error{Errc::invalid, "wants a value"}.within(where);
  if (auto done = (opposite ? row.set_opposite : row.set)(settings, values); !done)
    return std::move(done).error().within(where);
  return {};
}

Result<void> apply_file(Settings& settings, const Sources& sources) {
  PK_ASSIGN(const std::vector<FileEntry> entries, read_settings_file(sources.file, sources.file_must_exist));
  std::vector<std::string_view> seen;
  for (const FileEntry& entry : entries) {
    const std::string where =
        fmt::format("{}:{}: {}", sources.file.string(), entry.line, visible(entry.key, false));
    const auto row = std::ranges::find_if(k_rows, [&](const Row& r) {
      return r.info.key == entry.key || (!r.opposite.empty() && r.opposite == entry.key);
    });
    if (row == std::end(k_rows))
      return Error{Errc::invalid, fmt::format("unknown key; the keys are {}", valid_keys())}.within(where);
    if (std::ranges::find(seen, row->info.key) != seen.end())
      return Error{Errc::invalid, fmt::format("has no effect beside {}", row->info.key)}.within(where);
    seen.push_back(row->info.key);
    PK_ASSIGN(const Values values, file_values(entry, row->type, where));
    PK_TRY(apply(settings, *row, entry.key == row->opposite, values, where));
  }
  return {};
}

Result<void> apply_environment(Settings& settings, const Sources& sources) {
  for (const Row& row : k_rows)
    for (const bool opposite : {false, true}) {
      if (opposite && row.opposite.empty()) continue;
      const std::string name = environment_name(opposite ? row.opposite : row.info.key);
      const auto text = sources.environment(name);
      if (!text || text->empty()) continue;
      Values values;
      if (row.type == list)
        for (std::string_view part : split_list(*text)) values.emplace_back(part);
      else
        values.push_back(*text);
      PK_TRY(apply(settings, row, opposite, values, name));
    }
  return {};
}

Result<void> apply_flags(Settings& settings, const Sources& sources) {
  for (const Row& row : k_rows) {
    Values values;
    for (const auto& [flag, value] : sources.flags)
      if (flag == row.info.flag) values.push_back(value);
    if (values.empty()) continue;
    PK_TRY(apply(settings, row, row.set_opposite != nullptr, values, std::string(row.info.flag)));
  }
  return {};
}

// What has no effect without the rest.
Result<void> check_semantic_cache(const Settings& s) {
  const bool who = !s.semantic_cache_provider.empty() || !s.semantic_cache_virtual_key.empty();
  const Settings defaults;
  const bool more = who || !s.semantic_cache_custom_host.empty() || s.semantic_cache_dimensions != 0 ||
                    s.semantic_cache_threshold != defaults.semantic_cache_threshold ||
                    s.semantic_cache_shadow_rate > 0;
  if (s.semantic_cache_model.empty() && more)
    return Error{Errc::invalid,
                 "semantic_cache has no effect without a model; give semantic_cache_model too"};
  if (!s.semantic_cache_model.empty() && !who)
    return Error{Errc::invalid,
                 "semantic_cache_model has no effect alone; give semantic_cache_provider or "
                 "semantic_cache_virtual_key too"};
  return {};
}

std::filesystem::path home_folder(const char* xdg, const char* below_home) {
  if (const char* set = std::getenv(xdg); set && *set == '/') return set;
  if (const char* home = std::getenv("HOME"); home && *home) return std::filesystem::path(home) / below_home;
  return {};
}

bool is_host(std::string_view host) {
  const auto good = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
  };
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(ascii_lower(host), good);
}

bool is_address(int family, const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> ignored;
  return inet_pton(family, host.c_str(), ignored.data()) == 1;
}

}  // namespace

std::span<const SettingKey> setting_keys() {
  return k_keys;
}

Result<Settings> load(const Sources& sources) {
  Settings settings;
  if (!sources.file.empty()) PK_TRY(apply_file(settings, sources));
  if (sources.environment) PK_TRY(apply_environment(settings, sources));
  PK_TRY(apply_flags(settings, sources));
  if (settings.tls_cert.empty() != settings.tls_key.empty())
    return Error{Errc::invalid, fmt::format("{} has no effect alone; give {} too",
                                            settings.tls_cert.empty() ? "tls_key" : "tls_cert",
                                            settings.tls_cert.empty() ? "tls_cert" : "tls_key")};
  PK_TRY(check_semantic_cache(settings));
  return settings;
}

Result<Listen> parse_listen(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return wrong(text, fmt::format("{}; write HOST:PORT such as 127.0.0.1:8787", why));
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return bad("a host and a port are wanted");
  const auto port = parse_uint(text.substr(colon + 1));
  if (!port || *port > std::numeric_limits<std::uint16_t>::max()) return bad("a port is 0 to 65535");
  std::string host(text.substr(0, colon));
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (!is_address(AF_INET6, host)) return bad("that is no IPv6 address");
  } else if (host.find_first_not_of("0123456789.") == std::string::npos) {
    if (!is_address(AF_INET, host)) return bad("that is no IPv4 address");
  } else if (!is_host(host)) {
    return bad(host.find(':') == std::string::npos ? "that is no host" : "an IPv6 address goes in brackets");
  }
  return Listen{std::move(host), static_cast<std::uint16_t>(*port)};
}

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (!value || !*value) return {};
  return value;
}

std::filesystem::path default_data_dir() {
  const auto folder = home_folder("XDG_DATA_HOME", ".local/share");
  return folder.empty() ? folder : folder / "pk";
}

std::filesystem::path default_config_path() {
  const auto folder = home_folder("XDG_CONFIG_HOME", ".config");
  return folder.empty() ? folder : folder / "pk" / "config.toml";
}

Result<void> make_data_dir(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return errno_error(folder.string(), errno);
  if (!std::filesystem::is_directory(folder, error)) return errno_error(folder.string(), ENOTDIR);
  return {};
}

}  // namespace pk::config
