#include "cache/redis_admin.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "cache/redis_store.h"

namespace pk::cache {

namespace {

constexpr int k_patience_ms = 5000;               // for Redis to say something
constexpr std::string_view k_batch_keys = "500";  // that Redis looks at in a step
constexpr std::size_t k_reply_bytes_max = 1'000'000;
constexpr std::string_view k_all_versions = "pk:cache:*";

std::string last_byte_of_head() {
  return std::to_string(k_entry_head_bytes - 1);
}

}  // namespace

Result<RedisAdmin> RedisAdmin::connect(const config::CacheUrl& url) {
  RedisAdmin admin(url);
  PK_TRY(admin.open());
  return admin;
}

Result<void> RedisAdmin::open() {
  PK_ASSIGN(const auto addresses, addresses_of(m_url, true));
  Result<void> opened;
  for (const RedisAddress& address : addresses) {
    auto started = RedisConnection::start(m_url, address, k_reply_bytes_max);
    if (!started) {
      opened = std::move(started).error();
      continue;
    }
    m_connection = *std::move(started);
    opened = {};
    while (opened && !m_connection->ready()) opened = wait();
    if (opened) return {};
  }
  return opened;
}

Result<void> RedisAdmin::wait() {
  pollfd end{m_connection->fd(), m_connection->events(), 0};
  const int count = ::poll(&end, 1, k_patience_ms);
  if (count == 0)
    return Error{Errc::timeout, fmt::format("Redis at {}: no answer within {} s; see its log", shown(m_url),
                                            k_patience_ms / 1000)};
  if (count < 0 && errno != EINTR) return errno_error("Redis", errno);
  return m_connection->on_events(end.revents);
}

Result<std::vector<RedisReply>> RedisAdmin::ask(const std::vector<Command>& commands) {
  for (const Command& command : commands)
    m_connection->send(std::vector<std::string_view>(command.begin(), command.end()));
  std::vector<RedisReply> replies;
  while (replies.size() < commands.size()) {
    PK_ASSIGN(auto reply, m_connection->next_reply());
    if (!reply) {
      PK_TRY(wait());
      continue;
    }
    if (reply->kind == RedisReply::Kind::error) return Error{Errc::upstream, explained(m_url, reply->text)};
    replies.push_back(*std::move(reply));
  }
  return replies;
}

Result<void> RedisAdmin::each_batch(std::string_view pattern,
                                    const std::function<Result<void>(const std::vector<std::string>&)>& f) {
  std::string cursor = "0";
  do {
    PK_ASSIGN(const auto replies,
              ask({{"SCAN", cursor, "MATCH", std::string(pattern), "COUNT", std::string(k_batch_keys)}}));
    const RedisReply& reply = replies.front();
    if (reply.elements.size() != 2)
      return Error{Errc::upstream,
                   fmt::format("Redis at {}: its answer to SCAN is none; mend the URL", shown(m_url))};
    cursor = reply.elements[0].text;
    std::vector<std::string> keys;
    for (const RedisReply& key : reply.elements[1].elements) keys.push_back(key.text);
    if (!keys.empty()) PK_TRY(f(keys));
  } while (cursor != "0");
  return {};
}

Result<RedisStatistics> RedisAdmin::statistics() {
  RedisStatistics out;
  const auto count = [&](const std::vector<std::string>& keys) -> Result<void> {
    std::vector<Command> commands;
    for (const std::string& key : keys) {
      commands.push_back({"GETRANGE", key, "0", last_byte_of_head()});
      commands.push_back({"STRLEN", key});
    }
    PK_ASSIGN(const auto replies, ask(commands));
    for (std::size_t i = 0; i + 1 < replies.size(); i += 2) {
      if (replies[i].text.empty()) continue;  // it went meanwhile
      ++out.entries;
      out.bytes += static_cast<std::uint64_t>(replies[i + 1].integer);
      const auto head = decode_head(replies[i].text);
      if (!head) {
        ++out.damaged;
        continue;
      }
      out.oldest_ms = std::min(out.oldest_ms.value_or(head->created_ms), head->created_ms);
      out.newest_ms = std::max(out.newest_ms.value_or(head->created_ms), head->created_ms);
    }
    return {};
  };
  PK_TRY(each_batch(std::string(k_redis_prefix) + "*", count));
  return out;
}

Result<std::uint64_t> RedisAdmin::remove(const std::vector<std::string>& keys) {
  std::vector<Command> commands;
  for (const std::string& key : keys) commands.push_back({"DEL", key});
  PK_ASSIGN(const auto replies, ask(commands));
  std::uint64_t count = 0;
  for (const RedisReply& reply : replies) count += reply.integer > 0 ? 1 : 0;
  return count;
}

Result<std::uint64_t> RedisAdmin::remove_matching(std::string_view pattern) {
  std::uint64_t count = 0;
  PK_TRY(each_batch(pattern, [&](const std::vector<std::string>& keys) -> Result<void> {
    PK_ASSIGN(const std::uint64_t removed, remove(keys));
    count += removed;
    return {};
  }));
  return count;
}

Result<std::uint64_t> RedisAdmin::clear() {
  return remove_matching(k_all_versions);
}

Result<std::uint64_t> RedisAdmin::remove_prefix(std::string_view key_digits) {
  if (key_digits.empty()) return std::uint64_t{0};
  return remove_matching(fmt::format("{}{}*", k_redis_prefix, key_digits));
}

Result<std::uint64_t> RedisAdmin::remove_log(const Uuid& log_id) {
  std::uint64_t count = 0;
  const auto look = [&](const std::vector<std::string>& keys) -> Result<void> {
    std::vector<Command> commands;
    for (const std::string& key : keys) commands.push_back({"GETRANGE", key, "0", last_byte_of_head()});
    PK_ASSIGN(const auto replies, ask(commands));
    std::vector<std::string> found;
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (const auto head = decode_head(replies[i].text); head && head->log_id == log_id)
        found.push_back(keys[i]);
    PK_ASSIGN(const std::uint64_t removed, remove(found));
    count += removed;
    return {};
  };
  PK_TRY(each_batch(std::string(k_redis_prefix) + "*", look));
  return count;
}

}  // namespace pk::cache
