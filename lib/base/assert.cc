#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace pk {

void assert_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "pk: internal error: %s does not hold (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace pk
