// A library of the system that is loaded by the first command that needs it, not with the process: libcurl
// brings thirty others with it, and loading them takes twice as long as listing fifty logs.
//
// The room that calls such a library defines its functions itself, each of which calls the one that `find`
// gives; nothing else knows of it, and the library's header with its checks is used as ever.
#pragma once

#include <mutex>

#include "base/result.h"

namespace pk {

// May be used from any thread; lives as long as the process. Nothing is unloaded.
class SharedLibrary {
 public:
  // `file` as the dynamic linker knows it ("libcurl.so.4"), `package` as Debian does.
  constexpr SharedLibrary(const char* file, const char* package) : m_file(file), m_package(package) {}

  // Again and again gives the same. Error: io, saying which package is missing.
  Result<void> load();

  // A function of the library, which must have loaded and have it: what is asked for is in the header that
  // this program was compiled with.
  void* find(const char* function);

 private:
  const char* m_file;
  const char* m_package;
  std::mutex m_mutex;
  void* m_handle = nullptr;
};

}  // namespace pk

// The function of `library` that has the name and the type of `name`.
#define PK_FIND(library, name)                                                               \
  ([]() -> decltype(&::name) {                                                               \
    static const auto function = reinterpret_cast<decltype(&::name)>((library).find(#name)); \
    return function;                                                                         \
  }())

// Defines `result name parameters`, as the library's header declares it, as a call of the function found.
#define PK_FORWARD(library, result, name, parameters, arguments) \
  result(name) parameters {                                      \
    return PK_FIND(library, name) arguments;                     \
  }
