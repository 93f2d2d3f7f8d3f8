#include "replay/recorded.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"
#include "gateway/hop_headers.h"
#include "gateway/prompt_call.h"
#include "gateway/replies.h"
#include "log/joined.h"
#include "log/secrets.h"
#include "replay/answer.h"

namespace pk::replay {

namespace {

constexpr std::size_t k_differences_named = 5;
constexpr std::int64_t k_wait_ms_max = 600'000;  // a log that took longer is not waited for to its end

http::Headers headers_of(const log::Content& response) {
  http::Headers headers;
  for (const auto& [name, value] : response.headers)
    if (!gateway::is_hop_header(name) && !iequals(name, "content-length") &&
        !iequals(name, "content-encoding") && !log::is_masked(value))
      headers.emplace_back(name, value);
  return headers;
}

std::string nothing_found(const Recording& recording, std::string_view method, std::string_view path,
                          std::string_view body) {
  const auto nearest = recording.nearest(method, path, body);
  const std::string what = fmt::format("no logged request is the same as this {} {}", visible(method, false),
                                       visible(path, false));
  if (!nearest) return what + ", and none went there";
  std::vector<std::string> named;
  for (const std::string& one : nearest->differing)
    if (named.size() < k_differences_named) named.push_back(visible(one, false));
  const std::size_t rest = nearest->differing.size() - named.size();
  return fmt::format("{}; the nearest is log {}, which differs in {}{}", what, nearest->id.text(),
                     fmt::join(named, ", "), rest > 0 ? fmt::format(" and {} more", rest) : "");
}

}  // namespace

std::vector<std::string_view> events_of(std::string_view stream) {
  std::vector<std::string_view> events;
  while (!stream.empty()) {
    std::size_t end = stream.size();
    for (const std::string_view mark : {"\n\n", "\r\n\r\n", "\r\r"})
      if (const std::size_t at = stream.find(mark); at != std::string_view::npos)
        end = std::min(end, at + mark.size());
    events.push_back(stream.substr(0, end));
    stream.remove_prefix(end);
  }
  return events;
}

std::variant<Recorded::Asked, gateway::Refusal> Recorded::asked(http::Request& request) const {
  const auto route = gateway::prompt_route(request.method, request.path());
  if (!route) return Asked{std::string(request.path()), std::move(request.body)};
  gateway::PromptOrRefusal found = gateway::find_prompt(*m_saved, route->reference);
  if (auto* refusal = std::get_if<gateway::Refusal>(&found)) return std::move(*refusal);
  const auto& prompt = *std::get<std::shared_ptr<const gateway::CalledPrompt>>(found);
  gateway::BodyOrRefusal rendered = gateway::render_prompt(prompt, request.body);
  if (auto* refusal = std::get_if<gateway::Refusal>(&rendered)) return std::move(*refusal);
  return Asked{prompt_path(prompt.id), std::get<std::string>(std::move(rendered)), route->render_only};
}

Task<void> Recorded::handle(http::Request& request, http::Responder& responder) {
  auto what = asked(request);
  if (auto* refusal = std::get_if<gateway::Refusal>(&what)) {
    co_await refuse(std::move(*refusal), request.path(), responder);
    co_return;
  }
  const Asked& ask = std::get<Asked>(what);
  if (ask.render_only) {
    std::string body = gateway::rendered_body(ask.body);
    co_await reply(200, std::move(body), responder);
    co_return;
  }
  const auto id = m_recording.next(request.method, ask.path, ask.body);
  if (!id) {
    std::string words = nothing_found(m_recording, request.method, ask.path, ask.body);
    auto refusal = gateway::make_refusal(404, std::move(words), "not_found_error");
    co_await refuse(std::move(refusal), request.path(), responder);
    co_return;
  }
  auto record = m_reader.get(*id);
  if (!record || !*record || !(*record)->response) {
    const std::string why = record ? "its content is gone since the start" : record.error().message;
    std::string words = "log " + id->text() + " cannot be read: " + why;
    auto refusal = gateway::make_refusal(503, std::move(words), "server_error");
    co_await refuse(std::move(refusal), request.path(), responder);
    co_return;
  }
  const log::LogRecord& found = **record;
  co_await answer(found, responder);
}

// The first event when the first one came, the others evenly up to the end: that is what a log knows of them.
Task<void> Recorded::answer(const log::LogRecord& record, http::Responder& responder) {
  const log::Content& response = *record.response;
  const bool streams = log::is_event_stream(response);
  const std::vector<std::string_view> pieces =
      streams ? events_of(response.body) : std::vector<std::string_view>{response.body};
  const double first_ms =
      streams ? std::min(record.ttft_ms.value_or(record.latency_ms), record.latency_ms) : record.latency_ms;
  const double step_ms =
      pieces.size() > 1 ? (record.latency_ms - first_ms) / static_cast<double>(pieces.size() - 1) : 0;
  co_await wait(first_ms, responder);
  http::ResponseHead head;
  head.status = static_cast<int>(*record.http_status);
  head.headers = headers_of(response);
  const bool cut = broke_off(record);  // its client is to see that, as then
  if (!streams && !cut && http::status_has_body(head.status)) head.content_length = response.body.size();
  responder.head(head);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0) co_await wait(step_ms, responder);
    if (!pieces[i].empty()) responder.body(pieces[i]);
    if (i + 1 == pieces.size() && !cut) break;
    const bool there = co_await responder.flush();
    if (!there) break;
  }
  if (cut) {
    responder.cut();
    co_return;
  }
  responder.end();
  co_await responder.flush();
}

Task<void> Recorded::handle_malformed(http::Request& request, const http::Malformed& problem,
                                      http::Responder& responder) {
  auto refusal = gateway::make_refusal(problem.status, problem.reason, "invalid_request_error");
  co_await refuse(std::move(refusal), request.path(), responder);
}

Task<void> Recorded::refuse(gateway::Refusal refusal, std::string_view path, http::Responder& responder) {
  std::string body = gateway::refusal_body(refusal, gateway::error_form(path));
  co_await reply(refusal.status, std::move(body), responder);
}

Task<void> Recorded::reply(int status, std::string body, http::Responder& responder) {
  http::ResponseHead head;
  head.status = status;
  head.headers = {{"content-type", "application/json"}};
  head.content_length = body.size();
  responder.head(head);
  responder.body(body);
  responder.end();
  co_await responder.flush();
}

Task<void> Recorded::wait(double ms, http::Responder& responder) {
  if (m_speed <= 0 || responder.client_left()) co_return;
  const auto scaled = std::min(static_cast<std::int64_t>(ms / m_speed), k_wait_ms_max);
  if (scaled <= 0) co_return;
  Event over;
  const auto timer = m_timers.start(scaled, [&over] { over.set(); });
  responder.on_client_left([&over] { over.set(); });
  co_await over;
  responder.on_client_left({});
}

}  // namespace pk::replay
