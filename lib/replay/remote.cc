#include "replay/remote.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "base/json.h"
#include "base/percent.h"
#include "base/text.h"
#include "config/json_value.h"
#include "config/upstream_guard.h"
#include "http/message.h"
#include "replay/answer.h"
#include "replay/blocked.h"
#include "replay/json_record.h"

namespace pk::replay {

namespace {

constexpr std::size_t k_page = 1000;

// The server's own words for why not.
Error refusal(int status, const log::Headers& headers, const std::string& body, std::string_view what) {
  const std::string words = said({headers, body}).text;
  const std::string text =
      fmt::format("{}: the server says {}: {}", what, status, words.empty() ? "nothing more" : words);
  switch (status) {
    case 400:
      return {Errc::invalid, text};
    case 404:
      return {Errc::not_found, text};
    case 401:
    case 403:
    case 409:
      return {Errc::unauthorized, text};
    default:
      return {Errc::upstream, text};
  }
}

// The ids of one page of a list; the one to go on after, or "".
Result<std::string> read_page(std::string_view body, const std::function<void(const Uuid&, bool)>& take) {
  if (!is_json(body)) return Error{Errc::upstream, "the server's list of logs is no JSON"};
  std::string next;
  for (const config::JsonMember& member : config::json_members(body)) {
    if (member.key == "next" && member.value.is_string()) next = config::json_plain(member.value);
    if (member.key != "data") continue;
    for (const config::JsonValue& row : config::json_elements(member.value.text)) {
      PK_ASSIGN(const log::LogRecord record, read_record(row.text));
      take(record.id, record.replay_blocked_by == log::ReplayBlock::none);
    }
  }
  return next;
}

// curl says of it only that there is a problem, and only once it has connected.
Result<void> check_certificates(const std::string& file) {
  if (file.empty()) return {};
  std::ifstream stream(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  if (!stream)
    return Error{Errc::invalid, fmt::format("cannot read the certificates in {}", visible(file, false))};
  if (text.find("-----BEGIN ") == std::string::npos)
    return Error{Errc::invalid,
                 fmt::format("there is no certificate in PEM form in {}", visible(file, false))};
  return {};
}

}  // namespace

Result<std::unique_ptr<Remote>> Remote::make(boost::asio::io_context& loop, std::string url,
                                             config::Secret key, std::string ca_file) {
  while (url.ends_with('/')) url.pop_back();
  const auto host = config::host_of(url);
  if (!host)
    return Error{Errc::invalid, fmt::format("'{}' is no address of a server; write http://127.0.0.1:8787",
                                            visible(url, false))};
  // The person at the keyboard names it: it may be anywhere.
  const std::array<std::string, 1> named{host->host};
  upstream::Options options;
  options.user_agent = "pk";
  PK_TRY(check_certificates(ca_file));
  options.ca_file = std::move(ca_file);
  PK_ASSIGN(options.trusted_hosts, config::TrustedHosts::make(true, named));
  return std::unique_ptr<Remote>(new Remote(loop, std::move(options), std::move(url), std::move(key)));
}

Task<Result<Remote::Reply>> Remote::ask(std::string method, std::string path, std::string body) {
  upstream::Request request;
  request.method = std::move(method);
  request.url = m_url + path;
  request.headers = {{"accept", "application/json"}, {"content-type", "application/json"}};
  if (!m_key.empty()) request.headers.emplace_back("x-portkey-api-key", m_key.reveal());
  request.body = body;
  request.trust = config::Trust::full;
  const auto call = m_client.start(std::move(request));
  auto head = co_await call->head();
  if (!head) co_return std::move(head).error().within(m_url);
  Reply reply{(*head)->status, (*head)->headers, {}};
  while (reply.body.size() < k_reply_bytes_max) {
    auto piece = co_await call->read();
    if (!piece) co_return std::move(piece).error().within(m_url);
    if (piece->empty()) break;
    reply.body.append(*piece);
  }
  co_return reply;
}

Task<Result<log::LogRecord>> Remote::fetch(std::string id) {
  std::string path = "/v1/logs/" + percent_encoded(id);
  std::string method = "GET", none;
  auto reply = co_await ask(std::move(method), std::move(path), std::move(none));
  if (!reply) co_return std::move(reply).error();
  if (reply->status != 200)
    co_return refusal(reply->status, reply->headers, reply->body, "log " + visible(id, false));
  co_return read_record(reply->body);
}

Task<Result<log::LogRecord>> Remote::fetch_new(std::string id) {
  for (int tries = 1;; ++tries) {
    std::string asked = id;
    auto record = co_await fetch(std::move(asked));
    if (record || record.error().code != Errc::not_found) co_return record;
    if (tries == k_log_tries_max)
      co_return Error{Errc::upstream,
                      "it was sent, and the server has no log of it: " + record.error().message};
    Event over;
    const auto timer = m_timers.start(k_log_wait_ms, [&over] { over.set(); });
    co_await over;
  }
}

Task<Result<void>> Remote::find(std::string filter, const std::function<void(const Uuid&, bool)>& take) {
  std::string after;
  do {
    std::string path = fmt::format("/v1/logs?limit={}&q={}", k_page, percent_encoded(filter));
    if (!after.empty()) path += "&after=" + after;
    std::string method = "GET", none;
    auto reply = co_await ask(std::move(method), std::move(path), std::move(none));
    if (!reply) co_return std::move(reply).error();
    if (reply->status != 200) co_return refusal(reply->status, reply->headers, reply->body, "--where");
    auto next = read_page(reply->body, take);
    if (!next) co_return std::move(next).error();
    after = *std::move(next);
  } while (!after.empty());
  co_return Result<void>();
}

// The rest is the server's to say: its configs and its environment count.
Result<void> Remote::check(const log::LogRecord& original, const Overrides&) {
  const log::ReplayBlock block = original.replay_blocked_by;
  if (block == log::ReplayBlock::none) return {};
  return Error{Errc::unauthorized, fmt::format("log {} cannot be replayed ({}): {}", original.id.text(),
                                               log::slug(block), reason(original, block))};
}

Task<Result<Replayed>> Remote::send(log::LogRecord original, const Overrides& overrides) {
  std::string path = "/v1/logs/" + original.id.text() + "/replay";
  std::string body = overrides_json(overrides);
  std::string method = "POST";
  auto reply = co_await ask(std::move(method), std::move(path), std::move(body));
  if (!reply) co_return std::move(reply).error();
  const auto id = http::find_header(reply->headers, "x-pk-log-id");
  if (!id) co_return refusal(reply->status, reply->headers, reply->body, "log " + original.id.text());
  std::string new_id(*id);
  auto record = co_await fetch_new(std::move(new_id));
  if (!record) co_return std::move(record).error();
  Replayed replayed{*std::move(record), {}};
  // As of a replay in this process (local.cc): what is not tracked was said all the same.
  if (!replayed.record.response)
    replayed.record.response = log::Content{std::move(reply->headers), std::move(reply->body)};
  co_return replayed;
}

}  // namespace pk::replay
