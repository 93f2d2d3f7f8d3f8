#include "provider/event_stream.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace pk::provider {

namespace {

// total length, headers length, CRC of these two | headers | payload | CRC of all before it
constexpr std::size_t k_prelude_bytes = 12;
constexpr std::size_t k_crc_bytes = 4;
constexpr std::size_t k_overhead_bytes = k_prelude_bytes + k_crc_bytes;

// Value types of headers, and how many bytes follow: those with a length of their own are marked.
constexpr std::size_t k_has_length = 255;
constexpr std::size_t k_string_type = 7;
constexpr std::array<std::size_t, 10> k_value_bytes = {0, 0, 1, 2, 4, 8, k_has_length, k_has_length, 8, 16};

// Big end first.
std::uint32_t number(std::string_view bytes, std::size_t size) {
  std::uint32_t value = 0;
  for (const char c : bytes.substr(0, size)) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::uint32_t crc(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

// The next bytes off the front; nothing if there are not as many.
std::optional<std::string_view> take(std::string_view& bytes, std::size_t size) {
  if (bytes.size() < size) return {};
  const std::string_view front = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return front;
}

std::optional<std::string_view> take_counted(std::string_view& bytes, std::size_t length_bytes) {
  const auto length = take(bytes, length_bytes);
  return length ? take(bytes, number(*length, length_bytes)) : std::nullopt;
}

}  // namespace

bool EventStreamReader::fail(std::string_view problem) {
  m_problem = problem;
  std::string().swap(m_pending);
  return false;
}

bool EventStreamReader::fill(std::string_view& bytes, std::size_t size) {
  const std::size_t missing = size - std::min(size, m_pending.size());
  m_pending.append(bytes.substr(0, missing));
  bytes.remove_prefix(std::min(missing, bytes.size()));
  return m_pending.size() >= size;
}

bool EventStreamReader::take_message(std::string_view& bytes) {
  if (m_given) m_pending.clear(), m_given = false;
  if (!m_problem.empty() || !fill(bytes, k_prelude_bytes)) return false;
  const std::string_view prelude = std::string_view(m_pending).substr(0, k_prelude_bytes);
  const std::size_t total = number(prelude, 4);
  const std::size_t headers = number(prelude.substr(4), 4);
  if (crc(prelude.substr(0, 8)) != number(prelude.substr(8), 4))
    return fail("the checksum of a message's prelude is wrong");
  if (total > k_event_message_bytes_max || headers > k_event_headers_bytes_max)
    return fail("a message is too large");
  if (total < k_overhead_bytes + headers) return fail("a message's lengths contradict each other");
  return fill(bytes, total) && read_message();
}

bool EventStreamReader::read_message() {
  std::string_view all = m_pending;
  const std::string_view sum = all.substr(all.size() - k_crc_bytes);
  all.remove_suffix(k_crc_bytes);
  if (crc(all) != number(sum, k_crc_bytes)) return fail("the checksum of a message is wrong");
  const std::size_t headers = number(all.substr(4), 4);
  m_message = {};
  if (!read_headers(all.substr(k_prelude_bytes, headers)))
    return fail("the headers of a message cannot be read");
  m_message.payload = all.substr(k_prelude_bytes + headers);
  return m_given = true;
}

bool EventStreamReader::read_headers(std::string_view headers) {
  while (!headers.empty()) {
    const auto name = take_counted(headers, 1);
    const auto type = name ? take(headers, 1) : std::nullopt;
    if (!type) return false;
    const std::size_t kind = number(*type, 1);
    if (kind >= k_value_bytes.size()) return false;
    const std::size_t size = k_value_bytes[kind];
    const auto value = size == k_has_length ? take_counted(headers, 2) : take(headers, size);
    if (!value) return false;
    if (kind == k_string_type) set_header(*name, *value);
  }
  return true;
}

void EventStreamReader::set_header(std::string_view name, std::string_view value) {
  if (name == ":message-type") m_message.message_type = value;
  if (name == ":event-type") m_message.event_type = value;
  if (name == ":exception-type") m_message.exception_type = value;
  if (name == ":error-code") m_message.error_code = value;
  if (name == ":error-message") m_message.error_message = value;
}

}  // namespace pk::provider
