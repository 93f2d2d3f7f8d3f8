#include "http/failure.h"

#include "base/json.h"

namespace pk::http {

void append_failure_begin(std::string& out, std::string_view message, std::span<const std::string> errors) {
  out.append("{\"status\":\"failure\",\"message\":");
  append_json_string(out, message);
  if (!errors.empty()) {
    out.append(",\"errors\":[");
    for (const std::string& error : errors) {
      if (out.back() != '[') out += ',';
      append_json_string(out, error);
    }
    out += ']';
  }
  out += ',';
}

void append_error_object(std::string& out, std::string_view message, std::string_view type) {
  out.append("\"error\":{\"message\":");
  append_json_string(out, message);
  out.append(",\"type\":");
  append_json_string(out, type);
  out.append(",\"param\":null,\"code\":null}");
}

std::string failure_json(std::string_view message, std::string_view type,
                         std::span<const std::string> errors) {
  std::string out;
  append_failure_begin(out, message, errors);
  append_error_object(out, message, type);
  out += '}';
  return out;
}

}  // namespace pk::http
