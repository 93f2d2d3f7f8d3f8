// The files of the web page, built into the binary by lib/admin/web.cmake. Constants; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pk::admin {

struct Asset {
  std::string_view path;  // "/assets/app-1A2B3C4D.js", "/index.html"
  std::string_view type;
  std::string_view gzip;  // its bytes, compressed
  std::size_t bytes = 0;  // once they are not
};

// None: this pk was built without its page.
std::span<const Asset> assets();

// Null if there is none of that path.
const Asset* find_asset(std::span<const Asset> all, std::string_view path);
// The file as it was; nothing if the bytes are no gzip of that size.
std::optional<std::string> inflated(const Asset& asset);

// Whether who asks takes gzip: Accept-Encoding with "gzip" or "*", not at q=0.
bool takes_gzip(std::string_view accept_encoding);

}  // namespace pk::admin
