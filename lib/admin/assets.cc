#include "admin/assets.h"

#include <zlib.h>

#include <algorithm>

#include "base/text.h"

namespace pk::admin {

const Asset* find_asset(std::span<const Asset> all, std::string_view path) {
  const auto found = std::ranges::find(all, path, &Asset::path);
  return found == all.end() ? nullptr : &*found;
}

std::optional<std::string> inflated(const Asset& asset) {
  constexpr int k_gzip = 16 + MAX_WBITS;
  z_stream stream{};
  if (::inflateInit2(&stream, k_gzip) != Z_OK) return {};
  std::string out(asset.bytes, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(asset.gzip.data()));
  stream.avail_in = static_cast<uInt>(asset.gzip.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = ::inflate(&stream, Z_FINISH);
  const bool whole = ended == Z_STREAM_END && stream.avail_out == 0;
  ::inflateEnd(&stream);
  if (!whole) return {};
  return out;
}

bool takes_gzip(std::string_view accept_encoding) {
  for (const std::string_view coding : split_list(accept_encoding)) {
    const auto semicolon = std::min(coding.find(';'), coding.size());
    const std::string_view name = trim(coding.substr(0, semicolon));
    const std::string_view weight = trim(coding.substr(std::min(semicolon + 1, coding.size())));
    const bool refused = istarts_with(weight, "q=") && parse_real(weight.substr(2)) == 0.0;
    if (iequals(name, "gzip") || name == "*") return !refused;
  }
  return false;
}

}  // namespace pk::admin
