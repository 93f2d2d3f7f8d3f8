// Writes a JSON document piece by piece; the commas are its business. Values that come from elsewhere are put
// in as they stand, so that their numbers keep their digits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "provider/json_view.h"

namespace pk::provider {

// One thread. The caller keeps the order right: a key before each value inside an object, each begin() its
// end().
class JsonOut {
 public:
  JsonOut() = default;
  // Room for that many bytes.
  explicit JsonOut(std::size_t bytes) { m_out.reserve(bytes); }

  JsonOut& begin_object() { return open('{'); }
  JsonOut& end_object() { return close('}'); }
  JsonOut& begin_array() { return open('['); }
  JsonOut& end_array() { return close(']'); }

  JsonOut& key(std::string_view name);
  JsonOut& text(std::string_view text);
  JsonOut& number(std::int64_t value);
  JsonOut& truth(bool value) { return json(value ? "true" : "false"); }
  // One JSON value as it stands.
  JsonOut& json(std::string_view value);

  JsonOut& text(std::string_view name, std::string_view text) { return key(name).text(text); }
  JsonOut& number(std::string_view name, std::int64_t value) { return key(name).number(value); }
  JsonOut& truth(std::string_view name, bool value) { return key(name).truth(value); }
  JsonOut& json(std::string_view name, std::string_view value) { return key(name).json(value); }
  // The member, if the value is there and is not null.
  JsonOut& given(std::string_view name, const JsonView& value);
  JsonOut& begin_object(std::string_view name) { return key(name).begin_object(); }
  JsonOut& begin_array(std::string_view name) { return key(name).begin_array(); }

  std::size_t size() const { return m_out.size(); }
  const std::string& str() const { return m_out; }
  std::string take() { return std::move(m_out); }

 private:
  JsonOut& open(char bracket);
  JsonOut& close(char bracket);
  void separate();

  std::string m_out;
};

}  // namespace pk::provider
