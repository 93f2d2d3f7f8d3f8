// simdjson's check of UTF-8, which takes a long text thirty times as fast as a walk by characters. Its
// library brings the standard library of C++ with it, a second one by then: who only has short texts is
// spared both.
#pragma once

#include <cstddef>

namespace pk {

using Utf8Check = bool (*)(const char* text, std::size_t size) noexcept;

// Null where the library is not installed. Loads it when it is first asked. Any thread.
Utf8Check simdjson_utf8_check();

}  // namespace pk
