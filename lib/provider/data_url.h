// data: URLs, in which chat clients send images and files. https://www.rfc-editor.org/rfc/rfc2397
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pk::provider {

// The parts of "data:image/png;base64,iVBOR…". Views of the URL.
struct DataUrl {
  std::string_view media_type;  // "image/png", without parameters; never empty
  std::string_view base64;      // as it stands: whether it is base64 is for the provider to judge
  bool operator==(const DataUrl&) const = default;
};

// Whether a URL is of that scheme at all.
bool is_data_url(std::string_view url);

// Nothing unless it names a media type and is marked as base64.
std::optional<DataUrl> parse_data_url(std::string_view url);

std::string data_url(std::string_view media_type, std::string_view base64);

}  // namespace pk::provider
