// The cache's file, treated as a test wants it.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "cache/local_env.h"

namespace pk::cache::test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace pk::cache::test
