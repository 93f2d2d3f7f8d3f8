// What of a test's own environment a pk that it starts is to have too: the settings of the tools that watch
// both.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

namespace pk::test {

inline std::vector<std::string> tool_environment() {
  std::vector<std::string> environment;
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LD_PRELOAD", "PK_JITTER_SEED",
                           "PK_JITTER_PERMILLE", "PK_JITTER_MS"})
    if (const char* value = std::getenv(name)) environment.push_back(std::string(name) + "=" + value);
  return environment;
}

}  // namespace pk::test
