// /health and /metrics: how the process is, for people, probes and Prometheus. Knows nothing of who counts:
// serve gives it two functions that may be called on any worker's thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/handler.h"

namespace pk::admin {

struct Metric {
  enum class Kind { counter, gauge };
  std::string_view name;  // "pk_requests_total"
  std::string_view help;
  Kind kind = Kind::counter;
  std::vector<std::pair<std::string, double>> samples;  // labels as `code="2xx"`, "" for none; value
};

// {"status":"ok","reasons":[]}, or "degraded" with the reasons. Behind them "notes", where there are any:
// what does not work and harms nobody.
std::string health_json(const std::vector<std::string>& reasons, const std::vector<std::string>& notes = {});
// The text exposition format, version 0.0.4.
std::string metrics_text(const std::vector<Metric>& metrics);

class HealthHandler final : public http::Handler {
 public:
  using Words = std::function<std::vector<std::string>()>;
  explicit HealthHandler(Words reasons, Words notes = {})
      : m_reasons(std::move(reasons)), m_notes(std::move(notes)) {}
  Task<void> handle(http::Request& request, http::Responder& responder) override;
  Task<void> handle_malformed(http::Request&, const http::Malformed& problem,
                              http::Responder& responder) override;

 private:
  Words m_reasons, m_notes;
};

class MetricsHandler final : public http::Handler {
 public:
  explicit MetricsHandler(std::function<std::vector<Metric>()> metrics) : m_metrics(std::move(metrics)) {}
  Task<void> handle(http::Request& request, http::Responder& responder) override;
  Task<void> handle_malformed(http::Request&, const http::Malformed& problem,
                              http::Responder& responder) override;

 private:
  std::function<std::vector<Metric>()> m_metrics;
};

}  // namespace pk::admin
