#include "base/shared_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

namespace pk {

Result<void> SharedLibrary::load() {
  const std::lock_guard lock(m_mutex);
  if (!m_handle) m_handle = ::dlopen(m_file, RTLD_LAZY | RTLD_LOCAL);
  if (m_handle) return {};
  const char* why = ::dlerror();
  return Error{Errc::io, fmt::format("{}; install the package {}", why ? why : m_file, m_package)};
}

void* SharedLibrary::find(const char* function) {
  const Result<void> loaded = load();
  PK_ASSERT(loaded);
  void* found = ::dlsym(m_handle, function);
  PK_ASSERT(found != nullptr);
  return found;
}

}  // namespace pk
