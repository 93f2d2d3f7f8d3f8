// One connection to an upstream over plain TCP: opened, written to, always listened on. Private to the room.
//
// One read is always outstanding: what it brings belongs to the user, or, while nobody uses the connection,
// is the news that it is of no use any more. So an idle connection costs no system call before it is used
// again.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "upstream/buffered_call.h"
#include "upstream/name_lookup.h"

namespace pk::upstream {

inline constexpr std::size_t k_read_bytes = 16 * 1024;
inline constexpr std::size_t k_joined_bytes_max = 16 * 1024;  // a body up to here is copied behind its head
// How long one of several addresses is tried before the next one is.
inline constexpr std::chrono::milliseconds k_address_patience{1000};

// Lives on its loop's thread. Whoever holds it may let go of it at any time: close() first.
class PlainConnection : public std::enable_shared_from_this<PlainConnection> {
 public:
  // Who is told; all of them may let go of the connection, and end themselves.
  class User {
   public:
    virtual void on_open() = 0;
    virtual void on_sent() = 0;  // some of what was to be sent went out
    virtual void on_bytes(std::string_view bytes) = 0;
    // It could not be opened, or is closed; `at_end`: by the peer, after its last byte.
    virtual void on_lost(Error error, bool at_end) = 0;
    virtual bool may_connect(const sockaddr* address) const = 0;

   protected:
    ~User() = default;
  };

  PlainConnection(boost::asio::io_context& loop, std::string authority);

  const std::string& authority() const { return m_authority; }
  const sockaddr* address() const { return m_address.data(); }  // once it is open
  SteadyTime idle_since() const { return m_idle_since; }
  bool is_usable() const { return m_open && !m_closed; }
  // Whether it rests, usable, and nothing came on it meanwhile, of which the loop may not have told yet. One
  // system call, 0.3 µs: bytes that nobody asked for would be somebody's answer.
  bool is_quiet();

  using Tcp = boost::asio::ip::tcp;

  // Resolves the host, if it is no address, and tries its addresses one after the other.
  void open(User& user, NameLookup& names, const std::string& host, std::uint16_t port);
  void open(User& user, Addresses addresses);
  // For the head of the next request, empty; its memory is kept from one to the next.
  std::string& head_to_send();
  // Sends that head, then `body`, which must live until all is sent or the connection closed.
  void send(User& user, std::string_view body);
  bool all_sent() const { return m_out_at == m_out.size() && m_body.empty(); }
  // Goes on reading after on_bytes(); not called: the peer waits.
  void read();
  // The user is done with it, and it can be used again.
  void rest(SteadyTime now);
  // Nobody is told any more.
  void close();

  // While it opens: whether an address has had its time, and the next one is to be tried.
  void check_patience(SteadyTime now);

 private:
  using Executor = boost::asio::io_context::executor_type;

  void try_next();
  void connected(bool failed, std::string_view why);
  void write();
  void give_up_writing(boost::system::error_code error);
  void take_read(boost::system::error_code error, std::size_t bytes);
  void lost(Error error, bool at_end);

  const std::string m_authority;
  boost::asio::basic_stream_socket<Tcp, Executor> m_socket;
  Addresses m_addresses;
  std::size_t m_next = 0;
  Tcp::endpoint m_address;  // the one that is tried, or was reached
  SteadyTime m_tried{};
  std::string m_why;  // the latest address's failure
  bool m_refused = false;

  User* m_user = nullptr;
  bool m_open = false;
  bool m_closed = false;
  bool m_reading = false;
  bool m_writing = false;
  SteadyTime m_idle_since{};
  std::string m_out;
  std::size_t m_out_at = 0;
  std::string_view m_body;
  boost::system::error_code m_write_error;
  std::array<char, k_read_bytes> m_in;
};

}  // namespace pk::upstream
