// Every limit of a downstream connection, by name. Bytes and milliseconds.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pk::http {

struct Limits {
  std::uint32_t header_bytes_max = 64 * 1024;
  std::uint64_t body_bytes_max = 100'000'000;
  std::int64_t header_timeout_ms = 15'000;  // from a request's first byte to the end of its head
  std::int64_t body_timeout_ms = 60'000;    // without a byte of the body
  std::int64_t idle_timeout_ms = 75'000;    // between requests
  std::int64_t write_timeout_ms = 120'000;  // a client that takes nothing for so long has left
  std::size_t connections_max = 10'000;     // per worker
};

// How much is read ahead of the request being served: a client that pipelines further waits.
constexpr std::size_t k_read_ahead_bytes_max = 64 * 1024;
constexpr std::size_t k_read_bytes = 16 * 1024;
// How much memory for answers a connection keeps from one to the next.
constexpr std::size_t k_kept_out_bytes_max = 64 * 1024;
// How long and how much a client may still send after an answer that closes the connection.
constexpr std::int64_t k_linger_ms = 2'000;
constexpr std::size_t k_linger_bytes_max = 4'000'000;
// How often time-outs are looked at: one timer a worker instead of one a connection.
constexpr std::int64_t k_tick_ms = 250;

}  // namespace pk::http
