// A fuzz target is one function that must hold for any bytes. Two drivers run it: libFuzzer (clang, `./dev
// fuzz`) and driver.cc (any compiler, a fixed number of inputs, in every ctest run).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace pk::fuzz {

inline std::string_view text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Calls f with stretches of `bytes`, their sizes taken from `cuts` in turn: the network cuts anywhere.
template <class F>
void in_pieces(std::string_view bytes, std::string_view cuts, F&& f) {
  for (std::size_t i = 0; !bytes.empty(); ++i) {
    const std::size_t size = cuts.empty() ? 1 : static_cast<unsigned char>(cuts[i % cuts.size()]) % 64 + 1;
    f(bytes.substr(0, size));
    bytes.remove_prefix(size < bytes.size() ? size : bytes.size());
  }
}

}  // namespace pk::fuzz
