// Invariants of our own, checked in release builds too. Never for bytes from network, disk or user: those get
// an Error.
#pragma once

namespace pk {

[[noreturn]] void assert_failed(const char* expression, const char* file, int line);

}  // namespace pk

#define PK_ASSERT(expression) ((expression) ? void(0) : ::pk::assert_failed(#expression, __FILE__, __LINE__))
