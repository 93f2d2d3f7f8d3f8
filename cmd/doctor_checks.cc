#include "doctor_checks.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/json_reader.h"
#include "base/text.h"
#include "base/time_text.h"
#include "cached_answers.h"
#include "config/settings.h"
#include "store/key_mark.h"
#include "store/locks.h"
#include "store/plan.h"
#include "store/reader.h"
#include "store/saved_api_keys.h"
#include "store/saved_virtual_keys.h"
#include "words.h"

namespace pk::cmd {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_free_bytes_min = 1'000'000'000;
constexpr std::uint64_t k_file_bytes_worth_compacting = 100'000'000;
constexpr std::int64_t k_clock_slack_ms = 60'000;
constexpr std::int64_t k_earliest_now_ms = 1'735'689'600'000;  // 2025: this pk is younger
constexpr uid_t k_first_person = 1000, k_nobody = 65'534;      // login.defs(5) of Debian
constexpr time_t k_server_wait_s = 2;

void fine(Findings& findings, std::string check, std::string found) {
  findings.push_back({Health::fine, std::move(check), std::move(found)});
}
void note(Findings& findings, std::string check, std::string found, std::string advice) {
  findings.push_back({Health::note, std::move(check), std::move(found), std::move(advice)});
}
void trouble(Findings& findings, std::string check, std::string found, std::string advice) {
  findings.push_back({Health::trouble, std::move(check), std::move(found), std::move(advice)});
}

std::string number(std::uint64_t n) {
  return thousands(static_cast<std::int64_t>(n));
}

// Who may read a file or a folder beside its owner; "" if nobody.
void check_private(const fs::path& path, bool folder, Findings& findings) {
  struct stat stat {};
  if (::stat(path.c_str(), &stat) != 0) return;
  if ((stat.st_mode & 077) != 0)
    trouble(findings, "permissions", path.string() + " is open to other users of this machine",
            fmt::format("chmod {} {}", folder ? "700" : "600", path.string()));
  if (stat.st_uid != ::geteuid() && ::geteuid() != 0)
    trouble(findings, "permissions", path.string() + " belongs to another user",
            "run pk as that user, or give --data another folder");
}

// An existing folder at or above `path`: what its disk has is what there is for it.
fs::path existing(fs::path path) {
  std::error_code ignored;
  while (!fs::exists(path, ignored) && path.has_parent_path() && path != path.parent_path())
    path = path.parent_path();
  return path;
}

// HOST:PORT as the server wrote it, of IPv4: others are not asked.
std::optional<sockaddr_in> address_of(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  const auto port = parse_uint(text.substr(colon + 1));
  std::string host(text.substr(0, colon));
  if (host == "localhost" || host == "0.0.0.0") host = "127.0.0.1";
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (!port || *port > 65'535 || ::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return {};
  address.sin_port = htons(static_cast<std::uint16_t>(*port));
  return address;
}

// The body of its /health; "" where it does not answer.
std::string health_of(const sockaddr_in& address) {
  const store::FileLock fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval wait{k_server_wait_s, 0};
  ::setsockopt(fd.fd(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(fd.fd(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  if (::connect(fd.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  const std::string_view ask = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  if (::send(fd.fd(), ask.data(), ask.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(ask.size())) return {};
  std::string answer;
  char buffer[4096];
  for (ssize_t size = 0; (size = ::recv(fd.fd(), buffer, sizeof buffer, 0)) > 0 && answer.size() < 65'536;)
    answer.append(buffer, static_cast<std::size_t>(size));
  const std::size_t head = answer.find("\r\n\r\n");
  return head == std::string::npos ? "" : answer.substr(head + 4);
}

// {"status":"ok"|"degraded","reasons":[…]}: the reasons; nothing if it is no such thing.
std::optional<std::vector<std::string>> reasons_in(std::string_view json) {
  std::vector<std::string> reasons;
  JsonReader reader(json);
  if (reader.next() != JsonToken::object_begin) return {};
  std::string_view key;
  for (JsonToken token = reader.next_member(key); token != JsonToken::object_end;
       token = reader.next_member(key)) {
    if (token == JsonToken::error) return {};
    if (token == JsonToken::array_begin && key == "\"reasons\"")
      while (reader.next() == JsonToken::string) reasons.push_back(json_unquoted(reader.token()));
    else if (token == JsonToken::object_begin || token == JsonToken::array_begin)
      reader.take_value();
  }
  return reasons;
}

// People with an account here, but the one who asks.
std::vector<std::string> other_people() {
  std::vector<std::string> people;
  ::setpwent();
  while (const passwd* entry = ::getpwent()) {
    const std::string_view shell = entry->pw_shell ? entry->pw_shell : "";
    const bool logs_in = !shell.ends_with("nologin") && !shell.ends_with("false");
    const bool person = entry->pw_uid >= k_first_person && entry->pw_uid < k_nobody;
    if (person && logs_in && entry->pw_uid != ::geteuid()) people.emplace_back(entry->pw_name);
  }
  ::endpwent();
  return people;
}

}  // namespace

void check_settings(const Context& context, Findings& findings) {
  std::error_code ignored;
  const fs::path& file = context.sources.file;
  if (!file.empty() && fs::exists(file, ignored))
    fine(findings, "settings", "read from " + file.string());
  else
    fine(findings, "settings", "no settings file; the defaults, flags and environment count");
  if (context.settings.insecure_http && context.settings.tls_cert.empty())
    note(findings, "settings", "insecure_http is on: keys and prompts cross the network as plain text",
         "set tls_cert and tls_key");
}

void check_folder(const Context& context, Findings& findings) {
  std::error_code ignored;
  if (!fs::exists(context.data, ignored)) {
    fine(findings, "folder",
         context.data.string() + " is not there yet; the first command that writes makes it");
  } else {
    const std::size_t before = findings.size();
    check_private(context.data, true, findings);
    for (const char* name : {"ledger.mdb", "secret.key", "cache.mdb"})
      check_private(context.data / name, false, findings);
    if (::access(context.data.c_str(), W_OK) != 0)
      trouble(findings, "permissions", context.data.string() + " cannot be written: nothing is logged",
              "make it writable for this user");
    if (findings.size() == before)
      fine(findings, "permissions", context.data.string() + " is this user's alone");
  }
  struct statvfs disk {};
  if (::statvfs(existing(context.data).c_str(), &disk) != 0) return;
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (free < k_free_bytes_min)
    trouble(findings, "disk", human_bytes(free) + " are free",
            "make room, or let go of old logs with pk prune --max-size and --compact");
  else
    fine(findings, "disk", human_bytes(free) + " are free");
}

void check_server(const Context& context, Findings& findings) {
  const auto served = store::is_served(context.data);
  if (!served || !*served) return fine(findings, "server", "none runs on this ledger");
  const store::Server& server = **served;
  const std::string who = fmt::format("process {} serves on {}", server.pid, server.url());
  const auto address = address_of(server.address);
  if (!address || server.tls) return fine(findings, "server", who);
  const auto reasons = reasons_in(health_of(*address));
  if (!reasons)
    return note(findings, "server", who + ", and does not answer /health",
                "it may be starting; else end it and start it again");
  if (reasons->empty()) return fine(findings, "server", who + ", and is well");
  for (const std::string& reason : *reasons)
    trouble(findings, "server", who + ": " + reason, "its own messages and /metrics say more");
}

void check_store(const std::shared_ptr<store::Env>& env, std::int64_t now_ms, Findings& findings) {
  if (now_ms < k_earliest_now_ms)
    trouble(findings, "clock", "it is set to " + rfc3339(now_ms), "set it, with timedatectl or ntp");
  if (!env) return fine(findings, "store", "there is no ledger yet; pk serve makes it");
  const store::LogReader reader(env);
  const auto records = reader.count();
  const auto size = env->size();
  if (!records || !size) {
    const Error& error = !records ? records.error() : size.error();
    return trouble(findings, "store", error.message, "pk verify says more");
  }
  const std::string has = fmt::format("{} records in {}", number(*records), human_bytes(size->file_bytes));
  if (size->file_bytes > k_file_bytes_worth_compacting && size->used_bytes < size->file_bytes / 2)
    note(findings, "store", fmt::format("{}, of which {} are in use", has, human_bytes(size->used_bytes)),
         "pk prune --compact gives the rest back, while no server runs");
  else
    fine(findings, "store", has);
  const auto newest = reader.newest(1);
  if (newest && *newest && (*newest)->time_ms() > now_ms + k_clock_slack_ms)
    trouble(findings, "clock",
            fmt::format("the newest record is of {}, and now is {}", rfc3339((*newest)->time_ms()),
                        rfc3339(now_ms)),
            "set the clock; records of the future are not pruned until then");
  else
    fine(findings, "clock", rfc3339(now_ms));
}

void check_plan(const Context& context, const std::shared_ptr<store::Env>& env, std::int64_t now_ms,
                Findings& findings) {
  store::Tier tier = store::k_default_tier;
  store::MonthCount month;
  if (env) {
    const auto stored = store::stored_plan(*env);
    const auto counted = store::month_count(*env, now_ms);
    if (!stored || !counted)
      return trouble(findings, "plan", stored ? counted.error().message : stored.error().message,
                     "pk plan set stores it anew");
    tier = *stored;
    month = *counted;
  }
  tier = store::tier_of(context.settings.plan).value_or(tier);
  const store::PlanTerms& terms = store::terms(tier);
  const std::string used = fmt::format("{}, {} logs this month", store::slug(tier), number(month.logs));
  if (terms.allowance && month.logs > *terms.allowance && !terms.content_past_allowance)
    note(findings, "plan", used + ": past its allowance only statistics are kept",
         "pk plan set production, or enterprise");
  else
    fine(findings, "plan", used);
}

void check_providers(const std::shared_ptr<store::Env>& env, Findings& findings) {
  if (!env) return;
  const auto listed = store::list_virtual_keys(*env);
  if (!listed) return trouble(findings, "providers", listed.error().message, "pk verify says more");
  for (const std::string& line : listed->damage)
    trouble(findings, "providers", line, "remove it with pk provider rm, and add it again");
  if (listed->entries.empty()) return fine(findings, "providers", "no virtual keys are saved");
  const auto key = store::SecretKey::load(env->dir());
  std::size_t bad = 0;
  for (const store::StoredVirtualKey& one : listed->entries) {
    if (key && store::open_virtual_key(env->dir(), one, *key)) continue;
    ++bad;
    if (key)
      trouble(findings, "providers", "the secret of " + one.id + " is encrypted with another secret.key",
              "put that file back, or set the secret anew with pk provider edit");
  }
  if (!key && bad > 0)
    trouble(findings, "providers", key.error().message,
            "without it the secrets of virtual keys are lost: set them anew with pk provider edit");
  if (bad == 0)
    fine(findings, "providers", number(listed->entries.size()) + " virtual keys, all can be opened");
}

void check_keys(const std::shared_ptr<store::Env>& env, Findings& findings) {
  std::size_t keys = 0;
  if (env) {
    const auto listed = store::list_api_keys(*env);
    if (!listed) return trouble(findings, "keys", listed.error().message, "pk verify says more");
    for (const std::string& line : listed->damage)
      trouble(findings, "keys", line, "remove it with pk key rm, and make another");
    keys = listed->entries.size();
  }
  if (keys > 0) return fine(findings, "keys", number(keys) + " API keys: a server asks for one");
  const std::vector<std::string> people = other_people();
  if (people.empty()) return fine(findings, "keys", "no API key, and nobody else has an account here");
  note(findings, "keys",
       fmt::format("other users of this machine ({}{}) can use the gateway and read its logs: there is no "
                   "API key",
                   people[0], people.size() > 1 ? fmt::format(" and {} more", people.size() - 1) : ""),
       "make one with pk key add NAME");
}

void check_cache(const Context& context, Findings& findings) {
  if (context.settings.cache_url == "off") return fine(findings, "cache", "off");
  const auto answers = CachedAnswers::open(context);
  const auto count = answers ? (*answers)->count() : Result<std::uint64_t>(answers.error());
  if (!count)
    return trouble(findings, "cache", count.error().message,
                   context.settings.cache_url.empty() ? "the next server makes it anew"
                                                      : "see that the Redis runs and may be reached");
  fine(findings, "cache",
       number(*count) + " answers, " +
           (context.settings.cache_url.empty() ? "in the data folder" : "in Redis"));
}

}  // namespace pk::cmd
