// Splits a byte stream of application/vnd.amazon.eventstream into its messages, wherever the network cut it.
// Form: https://smithy.io/2.0/aws/amazon-eventstream.html
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::provider {

// The form's own bounds.
inline constexpr std::size_t k_event_message_bytes_max = 16 * 1024 * 1024;
inline constexpr std::size_t k_event_headers_bytes_max = 128 * 1024;

// One message. The views live until the callback returns. Headers of other types than string are passed over.
struct EventMessage {
  std::string_view message_type;    // :message-type: "event", "exception", "error"
  std::string_view event_type;      // :event-type of an event, "contentBlockDelta"
  std::string_view exception_type;  // :exception-type of an exception, "throttlingException"
  std::string_view error_code;      // :error-code and :error-message of an error
  std::string_view error_message;
  std::string_view payload;
};

// Lives on one thread. Holds at most one message.
class EventStreamReader {
 public:
  // Calls `on_message(const EventMessage&)` for each message that these bytes complete. After an error
  // nothing more comes. The callback must not feed the reader.
  template <class F>
  void feed(std::string_view bytes, F&& on_message) {
    while (take_message(bytes)) on_message(static_cast<const EventMessage&>(m_message));
  }

  // What is wrong with the stream: a checksum, a length beyond the bounds, headers that lead out of the
  // message. "" while all is well.
  std::string_view problem() const { return m_problem; }
  // Whether bytes of a message are held that is not whole: the stream was cut if it ends here.
  bool is_inside() const { return !m_pending.empty(); }

 private:
  bool take_message(std::string_view& bytes);
  bool fill(std::string_view& bytes, std::size_t size);  // m_pending up to `size`; false: not yet
  bool read_message();
  bool read_headers(std::string_view headers);
  void set_header(std::string_view name, std::string_view value);
  bool fail(std::string_view problem);

  std::string m_pending;
  EventMessage m_message;
  std::string_view m_problem;
  bool m_given = false;  // m_message points into m_pending: free it at the next step
};

}  // namespace pk::provider
