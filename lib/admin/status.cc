#include "admin/status.h"

#include <fmt/format.h>

#include <iterator>

#include "base/json.h"

namespace pk::admin {

namespace {

Task<void> answer(http::Responder& responder, int status, std::string_view type, std::string body) {
  http::ResponseHead head;
  head.status = status;
  head.headers = {{"content-type", std::string(type)},
                  {"cache-control", "no-store"},
                  {"x-content-type-options", "nosniff"}};
  if (status == 405) head.headers.emplace_back("allow", "GET, HEAD");
  head.content_length = body.size();
  responder.head(head);
  responder.body(body);
  responder.end();
  co_await responder.flush();
}

bool reads(const http::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

std::string not_allowed() {
  return R"({"message":"Method Not Allowed","ok":false})";
}

void append_texts(std::string& out, const std::vector<std::string>& texts) {
  out += '[';
  for (const std::string& text : texts) {
    if (out.back() != '[') out += ',';
    append_json_string(out, text);
  }
  out += ']';
}

constexpr std::string_view k_json = "application/json";

}  // namespace

std::string health_json(const std::vector<std::string>& reasons, const std::vector<std::string>& notes) {
  std::string out = reasons.empty() ? R"({"status":"ok","reasons":)" : R"({"status":"degraded","reasons":)";
  append_texts(out, reasons);
  if (!notes.empty()) {
    out += ",\"notes\":";
    append_texts(out, notes);
  }
  return out + '}';
}

std::string metrics_text(const std::vector<Metric>& metrics) {
  std::string out;
  for (const Metric& metric : metrics) {
    const std::string_view kind = metric.kind == Metric::Kind::counter ? "counter" : "gauge";
    fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", metric.name, metric.help,
                   metric.name, kind);
    for (const auto& [labels, value] : metric.samples) {
      out.append(metric.name);
      if (!labels.empty()) out.append("{").append(labels).append("}");
      fmt::format_to(std::back_inserter(out), " {}\n", value);
    }
  }
  return out;
}

Task<void> HealthHandler::handle(http::Request& request, http::Responder& responder) {
  const bool ok = reads(request);
  std::string body =
      ok ? health_json(m_reasons(), m_notes ? m_notes() : std::vector<std::string>()) : not_allowed();
  co_await answer(responder, ok ? 200 : 405, k_json, std::move(body));
}

Task<void> HealthHandler::handle_malformed(http::Request&, const http::Malformed& problem,
                                           http::Responder& responder) {
  co_await answer(responder, problem.status, k_json, not_allowed());
}

Task<void> MetricsHandler::handle(http::Request& request, http::Responder& responder) {
  const bool ok = reads(request);
  std::string body = ok ? metrics_text(m_metrics()) : not_allowed();
  co_await answer(responder, ok ? 200 : 405, ok ? "text/plain; version=0.0.4; charset=utf-8" : k_json,
                  std::move(body));
}

Task<void> MetricsHandler::handle_malformed(http::Request&, const http::Malformed& problem,
                                            http::Responder& responder) {
  co_await answer(responder, problem.status, k_json, not_allowed());
}

}  // namespace pk::admin
