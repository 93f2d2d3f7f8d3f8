// The plan and what of it is used, as names and values. Pure.
#pragma once

#include <vector>

#include "report.h"
#include "store/plan.h"

namespace pk::cmd {

std::vector<Fact> plan_facts(store::Tier tier, const store::MonthCount& month);

}  // namespace pk::cmd
