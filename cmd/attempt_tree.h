// The attempts of a record, as the tree that their options are in the config. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "log/record.h"

namespace pk::cmd {

struct TreeStyle {
  bool color = false;
  std::size_t columns = 80;
  std::size_t indent = 0;
};

// An option a line, its targets below it. One attempt stands beside its option, several below theirs: who was
// asked, status, time, the wait before, and what went wrong, which takes lines of its own where it is long.
void append_attempt_tree(std::string& out, const std::vector<log::Attempt>& attempts, const TreeStyle& style);

}  // namespace pk::cmd
