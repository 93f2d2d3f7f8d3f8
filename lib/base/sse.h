// Splits a byte stream into server-sent events, wherever the network cut it.
// Rules: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pk {

// The largest event that is given out. Providers put a whole response into one event (`response.completed`),
// images too.
inline constexpr std::size_t k_sse_event_bytes_max = 16 * 1024 * 1024;

// One event. The views live until the callback returns.
struct SseEvent {
  std::string_view event;  // "" where the stream names none (the rules' "message")
  std::string_view data;   // lines joined by \n
  std::string_view id;     // the last id seen so far, as the rules have it
  std::string_view raw;    // the event's lines as they came, without the line end of the last one
};

// Lives on one thread. Holds at most `event_bytes_max` bytes and one id. An event that lies whole in the
// bytes fed is given out without a copy (several data lines are the exception: they are joined).
//
// Beyond the rules, for providers that leave the last blank line out: finish() gives what is there. As the
// rules have it, comments (": ping") are skipped, and a block without a data line is no event. Bytes are not
// decoded: no UTF-8 is checked.
class SseSplitter {
 public:
  explicit SseSplitter(std::size_t event_bytes_max = k_sse_event_bytes_max)
      : m_event_bytes_max(event_bytes_max) {}

  // Calls `on_event(const SseEvent&)` for each event that these bytes complete. The callback must not feed
  // the splitter.
  template <class F>
  void feed(std::string_view bytes, F&& on_event) {
    while (take_event(bytes)) on_event(static_cast<const SseEvent&>(m_event));
  }

  // The stream is over: gives the last event if its blank line never came. The splitter is then as new, but
  // for skipped().
  template <class F>
  void finish(F&& on_event) {
    if (take_rest()) on_event(static_cast<const SseEvent&>(m_event));
    start_over();
  }

  // How many events were larger than the bound and not given out.
  std::uint64_t skipped() const { return m_skipped; }

 private:
  bool take_event(std::string_view& bytes);  // moves `bytes` past the next event; false: no more in there
  bool take_rest();
  void start_over();

  std::size_t scan(
      std::string_view bytes);  // bytes up to and with the one that makes the line blank; npos: not there
  bool end_block(std::string_view block);  // the block's fields into m_event; false: no event
  void keep(std::string_view bytes);
  void read_line(std::string_view line);
  void add_data(std::string_view value);

  const std::size_t m_event_bytes_max;
  std::string m_pending;  // the bytes of a block that is not over yet
  std::string m_joined;   // data of several lines
  std::string m_id;
  SseEvent m_event;
  std::uint64_t m_skipped = 0;
  std::size_t m_data_lines = 0;
  bool m_pending_given = false;  // m_event points into m_pending: free it at the next step
  bool m_block_start = true;
  bool m_line_start = true;
  bool m_after_cr = false;  // an LF now belongs to the CR before it
  bool m_skipping = false;  // inside a block that is too large
  bool m_stream_start = true;
};

}  // namespace pk
