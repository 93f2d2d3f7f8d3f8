#include "config/settings_file.h"

// The header alone, without exceptions: the distribution's shared library is built with them and costs
// start-up time.
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/text.h"

namespace pk::config {

namespace {

constexpr std::size_t k_settings_bytes_max = 1 << 20;
// Tables whose keys are settings.
constexpr std::array<std::string_view, 3> k_sections = {"cache", "semantic_cache", "share"};

Result<std::string> read_text(const std::filesystem::path& file, bool must_exist) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT && !must_exist) return std::string();
  if (fd < 0) return errno_error(file.string(), errno);
  std::string text(k_settings_bytes_max + 1, '\0');
  std::size_t size = 0;
  ssize_t n = 0;
  do {
    n = ::read(fd, text.data() + size, text.size() - size);
    if (n > 0) size += static_cast<std::size_t>(n);
  } while ((n > 0 && size < text.size()) || (n < 0 && errno == EINTR));
  const int error = errno;
  ::close(fd);
  if (n < 0) return errno_error(file.string(), error);
  if (size > k_settings_bytes_max)
    return Error{Errc::invalid, file.string() + ": larger than 1 MB: no settings file"};
  text.resize(size);
  return text;
}

FileEntry entry_of(std::string_view key, std::uint32_t line, const toml::node& node) {
  FileEntry entry{std::string(key), line, {}};
  if (const auto* text = node.as_string())
    entry.value = text->get();
  else if (const auto* number = node.as_integer())
    entry.value = number->get();
  else if (const auto* real = node.as_floating_point())
    entry.value = real->get();
  else if (const auto* truth = node.as_boolean())
    entry.value = truth->get();
  else if (const auto* array = node.as_array()) {
    std::vector<std::string> texts;
    for (const toml::node& element : *array)
      if (const auto* part = element.as_string()) texts.push_back(part->get());
    if (texts.size() == array->size()) entry.value = std::move(texts);
  }
  return entry;
}

bool is_section(std::string_view name, const toml::node& node) {
  return node.is_table() && std::ranges::find(k_sections, name) != k_sections.end();
}

std::string_view wanted(SettingType type) {
  switch (type) {
    case SettingType::text:
      return "wants a text in quotes";
    case SettingType::integer:
      return "wants a whole number";
    case SettingType::real:
      return "wants a number";
    case SettingType::boolean:
      return "wants true or false";
    case SettingType::list:
      return "wants a list of texts, [\"…\", \"…\"]";
    case SettingType::bytes:
      return "wants a size, such as \"10MB\"";
  }
  return "";
}

}  // namespace

Result<std::vector<FileEntry>> read_settings_file(const std::filesystem::path& file, bool must_exist) {
  PK_ASSIGN(const std::string text, read_text(file, must_exist));
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return Error{Errc::invalid, fmt::format("{}:{}: {}", file.string(), error.source().begin.line,
                                            visible(error.description(), false))};
  }
  std::vector<FileEntry> entries;
  for (const auto& [name, node] : parsed.table()) {
    if (!is_section(name.str(), node)) {
      entries.push_back(entry_of(name.str(), name.source().begin.line, node));
      continue;
    }
    for (const auto& [key, below] : *node.as_table())
      entries.push_back(
          entry_of(fmt::format("{}_{}", name.str(), key.str()), key.source().begin.line, below));
  }
  std::ranges::stable_sort(entries, {}, &FileEntry::line);  // toml++ gives them by name
  return entries;
}

Result<std::vector<std::string>> file_values(const FileEntry& entry, SettingType type,
                                             const std::string& where) {
  using Values = std::vector<std::string>;
  if (const auto* text = std::get_if<std::string>(&entry.value);
      text && (type == SettingType::text || type == SettingType::bytes))
    return Values{*text};
  if (const auto* n = std::get_if<std::int64_t>(&entry.value);
      n && (type == SettingType::integer || type == SettingType::real || type == SettingType::bytes))
    return Values{fmt::format("{}", *n)};
  if (const auto* real = std::get_if<double>(&entry.value); real && type == SettingType::real)
    return Values{fmt::format("{}", *real)};
  if (const auto* truth = std::get_if<bool>(&entry.value); truth && type == SettingType::boolean)
    return Values{*truth ? "true" : "false"};
  if (const auto* texts = std::get_if<Values>(&entry.value);
      texts && type == SettingType::list && !texts->empty())
    return *texts;
  return Error{Errc::invalid, std::string(wanted(type))}.within(where);
}

}  // namespace pk::config
