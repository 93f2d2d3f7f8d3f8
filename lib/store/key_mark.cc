#include "store/key_mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace pk::store {

namespace {
std::filesystem::path mark_of(const std::filesystem::path& dir) {
  return dir / k_key_mark_file;
}
}  // namespace

Result<void> set_key_mark(const std::filesystem::path& dir) {
  const int file = ::open(mark_of(dir).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return errno_error("cannot make " + mark_of(dir).string(), errno);
  ::fsync(file);
  ::close(file);
  return {};
}

void clear_key_mark(const std::filesystem::path& dir) {
  std::error_code ignored;
  std::filesystem::remove(mark_of(dir), ignored);
}

bool has_key_mark(const std::filesystem::path& dir) {
  std::error_code error;
  const auto there = std::filesystem::status(mark_of(dir), error).type();
  return there != std::filesystem::file_type::not_found;
}

}  // namespace pk::store
