#include "saved_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "config_rules.h"

namespace pk::cmd {

SavedSource::SavedSource(Ledger ledger, bool keys_unknown, std::function<void(std::string_view)> say)
    : m_ledger(std::move(ledger)), m_say(std::move(say)) {
  config::Saved saved;
  if (keys_unknown || m_ledger.load) saved.require_api_keys();
  m_latest = std::make_shared<const config::Saved>(std::move(saved));
}

void SavedSource::load(const config::Settings& settings, bool loopback) {
  m_told.clear();
  read(settings, loopback);
}

bool SavedSource::follow(const config::Settings& settings, bool loopback) {
  if (!m_ledger.changes) return false;
  if (m_skip > 0) {
    --m_skip;
    return false;
  }
  // Whether something changed cannot always be told: then reading it tells.
  const auto changes = m_ledger.changes();
  if (m_failures == 0 && changes && *changes == m_changes) return false;
  return read(settings, loopback);
}

bool SavedSource::read(const config::Settings& settings, bool loopback) {
  const auto before = m_latest;
  if (m_ledger.load) {
    auto loaded = load_from_ledger(settings, loopback);
    loaded ? took(*std::move(loaded)) : failed(loaded.error());
  }
  tell(settings);
  return m_latest != before;
}

Result<store::LoadedSaved> SavedSource::load_from_ledger(const config::Settings& settings,
                                                         bool loopback) const {
  PK_ASSIGN(const SavedConfigRules rules, SavedConfigRules::make(settings, loopback));
  return m_ledger.load([&](std::string_view json) { return rules.parse(json); });
}

void SavedSource::took(store::LoadedSaved loaded) {
  m_failures = m_skip = 0;
  m_changes = loaded.changes;
  m_problems = std::move(loaded.problems);
  m_latest = std::make_shared<const config::Saved>(std::move(loaded.saved));
  m_trouble.with([](std::string& text) { text.clear(); });
}

void SavedSource::failed(const Error& error) {
  m_skip = std::min(k_polls_skipped_max, (2U << std::min(m_failures, 8U)) - 1);
  ++m_failures;
  m_trouble.with([&](std::string& text) { text = "what is saved cannot be read: " + error.message; });
}

void SavedSource::tell(const config::Settings& settings) {
  std::vector<std::string> problems = m_problems;
  if (std::string text = trouble(); !text.empty()) problems.push_back(std::move(text));
  if (!settings.default_config.empty() && !m_latest->config(settings.default_config))
    problems.push_back(
        fmt::format("default_config: there is no saved config '{}', and requests that need it are refused; "
                    "see pk config list",
                    visible(settings.default_config, false)));
  for (const std::string& problem : problems)
    if (std::ranges::find(m_told, problem) == m_told.end()) m_say(problem);
  m_told = std::move(problems);
}

std::string SavedSource::trouble() const {
  return m_trouble.with([](const std::string& text) { return text; });
}

}  // namespace pk::cmd
