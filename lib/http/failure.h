// The body of an answer that is an error of pk itself, Portkey's shape and beside it OpenAI's, so that
// clients of either show the reason. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pk::http {

// {"status":"failure","message":…,"errors":[…],"error":{"message","type","param":null,"code":null}}; without
// `errors` that member is left out.
std::string failure_json(std::string_view message, std::string_view type,
                         std::span<const std::string> errors = {});

// Its parts: {"status":"failure","message":…,"errors":[…], and "error":{…}
void append_failure_begin(std::string& out, std::string_view message, std::span<const std::string> errors);
void append_error_object(std::string& out, std::string_view message, std::string_view type);

}  // namespace pk::http
