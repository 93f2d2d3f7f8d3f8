// Reads the settings file (TOML 1.0) into flat entries; what the keys mean is settings.cc's. Keeps toml++ in
// one source.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"

namespace pk::config {

// How a key is written in the file. `bytes`: a number or a text such as "10MB". `real`: 0.95, or 1.
enum class SettingType { text, integer, real, boolean, list, bytes };

// One key of the top level or of a section, with the line where it stands.
struct FileEntry {
  std::string key;  // of a section with its name: "cache_url" of `url` in [cache]
  std::uint32_t line = 0;
  // monostate: something that no setting is (another table, a date, a list of other things than text).
  std::variant<std::monostate, std::string, std::int64_t, double, bool, std::vector<std::string>> value;
};

// The entries in the order of the file; none if the file is missing and need not exist. invalid for what is
// no TOML, naming file and line; not_found or io if it cannot be read.
Result<std::vector<FileEntry>> read_settings_file(const std::filesystem::path& file, bool must_exist);

// The value as texts (one, but for lists). invalid if it is of another type than `type`.
Result<std::vector<std::string>> file_values(const FileEntry& entry, SettingType type,
                                             const std::string& where);

}  // namespace pk::config
