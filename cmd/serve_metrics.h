// The figures of one server for /metrics, summed over its workers.
#pragma once

#include <cstdint>
#include <vector>

#include "admin/status.h"
#include "cache/store.h"
#include "gateway/stats.h"
#include "store/writer.h"

namespace pk::cmd {

struct ServeFigures {
  std::vector<const gateway::Stats*> workers;
  std::uint64_t released_early = 0;  // by the workers' gates
  store::WriterStats log;            // all zero where there is no ledger
  std::uint64_t lost = 0;            // beside those of the writer
  bool healthy = false;
  cache::StoreStats cache;  // all zero where there is none
};

std::vector<admin::Metric> metrics_of(const ServeFigures& figures);

}  // namespace pk::cmd
