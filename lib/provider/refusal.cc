#include "provider/refusal.h"

#include <utility>

#include "base/text.h"

namespace pk::provider {

Error invalid(std::string message) {
  return Error{Errc::invalid, std::move(message)};
}

std::string shown(std::string_view word) {
  return visible(utf8_front(word, k_shown_bytes_max), false);
}

}  // namespace pk::provider
