// Cookies of a request. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "http/message.h"

namespace pk::http {

// Who has logged in on the page. Stands for an API key of pk: it never goes to a provider.
inline constexpr std::string_view k_session_cookie = "pk_session";

// The value of the cookie of that name; nothing if there is none.
std::optional<std::string_view> cookie_of(const Headers& headers, std::string_view name);
// The same within one Cookie header.
std::optional<std::string_view> cookie_in(std::string_view value, std::string_view name);

}  // namespace pk::http
