// What came of replays, as JSON, rows and pages. Pure but for the terminal.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "listing.h"
#include "log/record.h"
#include "replay/compare.h"
#include "report.h"

namespace pk::cmd {

struct ReplayDone {
  log::LogRecord original;
  std::optional<log::LogRecord> replay;  // none: nothing was sent, `error` says why
  std::string error;
  bool refused = false;  // that it cannot be replayed, or that a credential is missing
  replay::Comparison comparison;
  std::vector<std::string> failed_assertions;  // "cost<=+5%: cost is …"
  std::vector<std::string> notes;
};

// The columns of several; of one the names of its facts.
std::span<const ListColumn> replay_columns();
FactRow replay_row(const ReplayDone& done, bool diff);

struct ReplayStyle {
  bool color = false;
  bool diff = false;
  std::size_t columns = 80;
};
// One on a terminal: its answer, or with `diff` what is another in it, and the figures of both.
std::string replay_page(const ReplayDone& done, const ReplayStyle& style);

// "20 replayed: 15 same, 4 changed, 1 failed; tokens +3.1 %, cost -12 %, latency +5 %".
std::string replay_summary(std::span<const ReplayDone> all);

}  // namespace pk::cmd
