#include "share/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/json.h"
#include "base/text.h"
#include "share/html.h"

namespace pk::share {

namespace {

constexpr std::string_view k_seal_begin = "<!-- pk share 1 ", k_seal_end = " -->";
constexpr std::size_t k_chunk_bytes = 1 << 20;

std::string sum_of(std::string_view text) {
  std::array<unsigned char, 16> sum{};
  crypto_generichash(sum.data(), sum.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                     nullptr, 0);
  return hex({reinterpret_cast<const char*>(sum.data()), sum.size()});
}

// The text between the tags of the record's element; nothing if it is not there whole.
std::optional<std::string_view> record_element(std::string_view page) {
  const std::size_t id = page.find(fmt::format("id=\"{}\"", k_record_id));
  if (id == std::string_view::npos) return {};
  const std::size_t begin = page.find('>', id);
  if (begin == std::string_view::npos) return {};
  const std::size_t end = page.find("</pre>", begin);
  if (end == std::string_view::npos) return {};
  return page.substr(begin + 1, end - begin - 1);
}

bool is_as_sealed(std::string_view page) {
  const std::size_t seal = page.rfind(k_seal_begin);
  if (seal == std::string_view::npos) return false;
  const std::string expected = fmt::format("{}{}{}", k_seal_begin, sum_of(page.substr(0, seal)), k_seal_end);
  return trim(page.substr(seal)) == expected;
}

bool is_object(std::string_view json) {
  return trim(json).starts_with('{') && is_json(json);
}

Result<std::string> bytes_of(int fd) {
  struct stat status {};
  if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) return errno_error("cannot read it", EISDIR);
  std::string bytes;
  while (bytes.size() <= k_file_bytes_max) {
    const std::size_t before = bytes.size();
    bytes.resize(before + k_chunk_bytes);
    const ssize_t n = ::read(fd, bytes.data() + before, k_chunk_bytes);
    const int error = errno;
    bytes.resize(before + static_cast<std::size_t>(n > 0 ? n : 0));
    if (n == 0) return bytes;
    if (n < 0 && error != EINTR) return errno_error("cannot read it", error);
  }
  return Error{Errc::limit, "it is larger than 400 MB: no shared log"};
}

}  // namespace

std::string sealed(std::string page) {
  const std::string sum = sum_of(page);
  return std::move(page.append(k_seal_begin).append(sum).append(k_seal_end).append("\n"));
}

Result<SharedLog> parse_shared(std::string_view bytes) {
  if (is_object(bytes)) return SharedLog{std::string(trim(bytes)), false};
  const auto element = record_element(bytes);
  if (!element)
    return Error{Errc::invalid, "it holds no log: neither a page of pk logs share nor a record as JSON"};
  SharedLog shared{markup_unquoted(trim(*element)), !is_as_sealed(bytes)};
  if (!is_object(shared.json)) return Error{Errc::invalid, "the log in it is damaged: it was changed or cut"};
  return shared;
}

Result<SharedLog> read_shared(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno_error(file.string(), errno);
  Result<std::string> bytes = bytes_of(fd);
  ::close(fd);
  if (!bytes) return std::move(bytes).error().within(file.string());
  Result<SharedLog> shared = parse_shared(*bytes);
  if (!shared) return std::move(shared).error().within(file.string());
  return shared;
}

bool names_file(std::string_view argument) {
  return argument.find('/') != std::string_view::npos || argument.ends_with(".html") ||
         argument.ends_with(".json");
}

}  // namespace pk::share
