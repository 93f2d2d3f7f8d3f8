#include "upstream/plain_connection.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/closed_port.h"
#include "support/loop_thread.h"
#include "upstream/peer.h"

using namespace pk::test;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using pk::Errc;
using pk::Error;
using pk::upstream::k_address_patience;
using pk::upstream::k_joined_bytes_max;
using pk::upstream::NameLookup;
using pk::upstream::PlainConnection;

namespace {

tcp::endpoint address_at(int port) {
  return {boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)};
}

// A connection, its user, and the loop that both live on. What the user is told is kept for the test's
// thread.
class Line final : private PlainConnection::User {
 public:
  using Act = std::function<void(Line&)>;

  Line() {
    on_loop([](Line& line) { line.m_names.emplace(line.m_thread.loop()); });
  }
  ~Line() {
    on_loop([](Line& line) {
      line.let_go();
      line.m_names.reset();
    });
    m_thread.stop();
  }

  // Done on the loop's thread, when the user is told so.
  Act at_open, at_bytes, at_lost;
  std::set<int> forbidden;  // ports

  void open(const std::string& host, int port) {
    on_loop([&](Line& line) { line.begin(host, port); });
  }
  void open(std::vector<tcp::endpoint> addresses) {
    on_loop([&](Line& line) { line.begin(std::move(addresses)); });
  }
  Peer open_to(PeerListener& listener) {
    open("127.0.0.1", listener.port());
    Peer peer = listener.accept();
    wait([this] { return m_opened; });
    return peer;
  }
  void on_loop(const Act& act) {
    m_thread.run([&] { act(*this); });
  }
  // What was posted before is done.
  void settle() {
    for (int i = 0; i < 3; ++i) m_thread.run([] {});
  }

  // On the loop's thread.
  void begin(const std::string& host, int port) {
    const auto hold = make();
    hold->open(*this, *m_names, host, static_cast<std::uint16_t>(port));
  }
  void begin(std::vector<tcp::endpoint> addresses) {
    const auto hold = make();
    hold->open(*this, std::move(addresses));
  }
  PlainConnection& connection() { return *m_connection; }
  void send(std::string_view head, std::string_view body = {}) {
    m_connection->head_to_send() = head;
    m_connection->send(*this, body);
  }
  void let_go() {
    if (const auto connection = std::exchange(m_connection, nullptr)) connection->close();
  }

  // On the test's thread.
  void wait_open() {
    wait([this] { return m_opened; });
  }
  Error wait_lost() {
    wait([this] { return m_error.has_value(); });
    return *m_error;
  }
  std::string wait_bytes(std::size_t size) {
    wait([this, size] { return m_bytes.size() >= size; });
    return m_bytes;
  }
  bool lost_at_end() { return m_at_end; }
  int told() {
    std::lock_guard lock(m_mutex);
    return m_told;
  }
  int sent_count() {
    std::lock_guard lock(m_mutex);
    return m_sent;
  }

 private:
  std::shared_ptr<PlainConnection> make() {
    m_connection = std::make_shared<PlainConnection>(m_thread.loop(), "a");
    return m_connection;
  }
  template <class F>
  void note(F f, const Act& act) {
    {
      std::lock_guard lock(m_mutex);
      f();
      ++m_told;
    }
    if (act) act(*this);
    m_changed.notify_all();
  }
  template <class F>
  void wait(F until) {
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait_for(lock, std::chrono::milliseconds(k_wait_max_ms), until))
      throw std::runtime_error("the user was never told");
  }

  void on_open() override {
    note([this] { m_opened = true; }, at_open);
  }
  void on_sent() override {
    note([this] { ++m_sent; }, {});
  }
  void on_bytes(std::string_view bytes) override {
    note([&] { m_bytes += bytes; }, at_bytes);
    if (m_connection && !at_bytes) m_connection->read();
  }
  void on_lost(Error error, bool at_end) override {
    const auto hold = std::exchange(m_connection, nullptr);
    note(
        [&] {
          m_error = std::move(error);
          m_at_end = at_end;
        },
        at_lost);
  }
  bool may_connect(const sockaddr* address) const override {
    return !forbidden.contains(ntohs(reinterpret_cast<const sockaddr_in*>(address)->sin_port));
  }

  LoopThread m_thread;
  std::optional<NameLookup> m_names;
  std::shared_ptr<PlainConnection> m_connection;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  bool m_opened = false, m_at_end = false;
  int m_told = 0, m_sent = 0;
  std::string m_bytes;
  std::optional<Error> m_error;
};

}  // namespace

TEST_CASE("A connection is opened, written to and read from") {
  PeerListener listener;
  Line line;
  Peer peer = line.open_to(listener);
  line.on_loop([](Line& l) { l.send("head ", "body"); });
  CHECK(peer.read_exactly(9) == "head body");
  peer.write("answer");
  CHECK(line.wait_bytes(6) == "answer");
  line.on_loop([](Line& l) {
    CHECK(l.connection().is_usable());
    CHECK(l.connection().all_sent());
  });
  peer.close();
  CHECK(line.wait_lost().code == Errc::upstream);
  CHECK(line.lost_at_end());
}

TEST_CASE("A name is resolved, and its addresses tried until one answers") {
  PeerListener listener;  // on 127.0.0.1 alone: where localhost is ::1 first, that one refuses
  Line line;
  line.open("localhost", listener.port());
  Peer peer = listener.accept();
  line.wait_open();
}

TEST_CASE("A name that nobody has is not reached") {
  Line line;
  line.open("no-such-host.invalid", 80);
  const Error error = line.wait_lost();
  CHECK(error.code == Errc::upstream);
  CHECK(error.message.find("cannot be resolved") != std::string::npos);
  CHECK_FALSE(line.lost_at_end());
}

TEST_CASE("An IPv6 address is called as one") {
  PeerListener listener("::1");
  if (!listener.valid()) {
    WARN("no IPv6 here");
    return;
  }
  Line line;
  line.open("::1", listener.port());
  Peer peer = listener.accept();
  line.wait_open();
}

TEST_CASE("An address that refuses is passed over at once") {
  PeerListener listener;
  const ClosedPort first, second;
  Line line;
  line.open({address_at(first.number()), address_at(second.number()), address_at(listener.port())});
  Peer peer = listener.accept();
  line.wait_open();
}

TEST_CASE("Where all addresses refuse the last one's reason is told") {
  const ClosedPort first, second;
  Line line;
  line.open({address_at(first.number()), address_at(second.number())});
  const Error error = line.wait_lost();
  CHECK(error.code == Errc::upstream);
  CHECK(error.message.find("refused") != std::string::npos);
  Line nowhere;
  nowhere.open(std::vector<tcp::endpoint>{});
  CHECK(nowhere.wait_lost().code == Errc::upstream);
}

TEST_CASE("An address that is silent has its time, then the next one is tried") {
  DeadListener dead;
  PeerListener listener;
  Line line;
  line.open({address_at(dead.port()), address_at(dead.port()), address_at(listener.port())});
  const auto now = std::chrono::steady_clock::now();
  line.on_loop([&](Line& l) { l.connection().check_patience(now + k_address_patience / 2); });
  line.settle();
  CHECK_FALSE(listener.has_caller());
  line.on_loop([&](Line& l) {
    const auto later = std::chrono::steady_clock::now() + k_address_patience;
    l.connection().check_patience(later);
    l.connection().check_patience(later);  // the second one has just begun
  });
  line.settle();
  CHECK_FALSE(listener.has_caller());
  line.on_loop(
      [&](Line& l) { l.connection().check_patience(std::chrono::steady_clock::now() + k_address_patience); });
  Peer peer = listener.accept();
  line.wait_open();
  line.on_loop([](Line& l) { l.connection().check_patience(std::chrono::steady_clock::now() + 1h); });
  line.settle();
  line.on_loop([](Line& l) { CHECK(l.connection().is_usable()); });
}

TEST_CASE("The last address is waited for") {
  DeadListener dead;
  Line line;
  line.open({address_at(dead.port())});
  line.on_loop([](Line& l) { l.connection().check_patience(std::chrono::steady_clock::now() + 1h); });
  line.settle();
  CHECK(line.told() == 0);
}

TEST_CASE("An address that may not be called is passed over, and said if there is no other") {
  PeerListener forbidden, listener;
  {
    Line line;
    line.forbidden = {forbidden.port()};
    line.open({address_at(forbidden.port()), address_at(listener.port())});
    Peer peer = listener.accept();
    line.wait_open();
  }
  const ClosedPort closed;
  Line line;
  line.forbidden = {forbidden.port()};
  line.open({address_at(closed.number()), address_at(forbidden.port())});
  CHECK(line.wait_lost().code == Errc::unauthorized);
  CHECK_FALSE(forbidden.has_caller());
}

TEST_CASE("A body of any size goes out behind its head") {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, k_joined_bytes_max, k_joined_bytes_max + 1, std::size_t{5'000'000}}) {
    INFO(size);
    std::string body(size, 'x');
    for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>('a' + i % 23);
    PeerListener listener;
    Line line;
    Peer peer = line.open_to(listener);
    line.on_loop([&](Line& l) { l.send("head", body); });
    CHECK(peer.read_exactly(4 + size) == "head" + body);
    line.settle();
    line.on_loop([](Line& l) { CHECK(l.connection().all_sent()); });
  }
}

TEST_CASE("A peer that does not read holds the body back, and nothing else") {
  const std::string body(20'000'000, 'b');
  PeerListener listener;
  Line line;
  Peer peer = line.open_to(listener);
  line.on_loop([&](Line& l) { l.send("head", body); });
  line.on_loop([](Line& l) { CHECK_FALSE(l.connection().all_sent()); });
  const int sent = line.sent_count();
  peer.write("early");
  CHECK(line.wait_bytes(5) == "early");  // reading goes on meanwhile
  CHECK(peer.read_exactly(4 + body.size()).size() == 4 + body.size());
  line.settle();
  line.on_loop([](Line& l) { CHECK(l.connection().all_sent()); });
  CHECK(line.sent_count() > sent);
}

TEST_CASE("A reset is no end, also when it is the writing that finds it") {
  for (const bool writes : {false, true}) {
    INFO((writes ? "writing" : "reading"));
    PeerListener listener;
    Line line;
    Peer peer = line.open_to(listener);
    line.on_loop([&](Line& l) {
      // The loop stands still: it is told of the reset by whatever it does first.
      peer.write_through("some");
      peer.reset();
      if (writes) l.send("more", {});
    });
    CHECK(line.wait_lost().code == Errc::upstream);
    CHECK_FALSE(line.lost_at_end());
    CHECK(line.wait_bytes(4) == "some");  // what came before it came
  }
}

TEST_CASE("A user may let go of the connection whenever it is told something") {
  const Line::Act leave = [](Line& l) { l.let_go(); };
  PeerListener listener;
  SECTION("that it is open") {
    Line line;
    line.at_open = leave;
    line.open("127.0.0.1", listener.port());
    Peer peer = listener.accept();
    CHECK(peer.read().empty());
  }
  SECTION("what came") {
    Line line;
    line.at_bytes = leave;
    line.open("127.0.0.1", listener.port());
    Peer peer = listener.accept();
    peer.write("x");
    CHECK(peer.read().empty());
    line.settle();
    CHECK(line.told() == 2);
  }
}

TEST_CASE("Nobody is told anything after close(), whatever was under way") {
  PeerListener listener;
  Line line;
  SECTION("its name is being resolved") {
    line.on_loop([](Line& l) {
      l.begin("localhost", 1);
      l.let_go();
    });
  }
  SECTION("it is being opened") {
    line.on_loop([&](Line& l) {
      l.begin({address_at(listener.port())});
      l.let_go();
    });
  }
  SECTION("its address is silent") {
    DeadListener dead;
    line.open({address_at(dead.port()), address_at(listener.port())});
    line.on_loop([](Line& l) {
      PlainConnection& connection = l.connection();
      const auto hold = connection.shared_from_this();
      l.let_go();
      connection.check_patience(std::chrono::steady_clock::now() + 1h);
    });
  }
  line.settle();
  CHECK(line.told() == 0);
}

TEST_CASE("A body may go as soon as its connection is closed") {
  PeerListener listener;
  Line line;
  Peer peer = line.open_to(listener);
  line.on_loop([](Line& l) {
    auto body = std::make_unique<std::string>(20'000'000, 'b');
    l.send("head", *body);
    CHECK_FALSE(l.connection().all_sent());
    l.let_go();
  });
  const int told = line.told();
  std::size_t got = 0;
  for (std::string some = peer.read(); !some.empty() && some != "reset"; some = peer.read())
    got += some.size();
  CHECK(got < 20'000'000);
  line.settle();
  CHECK(line.told() == told);
}

TEST_CASE("A connection that rests is quiet as long as nothing comes") {
  PeerListener listener;
  Line line;
  Peer peer = line.open_to(listener);
  const auto now = std::chrono::steady_clock::now();
  line.on_loop([&](Line& l) {
    l.connection().rest(now);
    CHECK(l.connection().idle_since() == now);
    CHECK(l.connection().is_quiet());
  });
  line.settle();
  const int told = line.told();
  SECTION("and can be used again") {
    line.on_loop([](Line& l) {
      CHECK(l.connection().is_quiet());
      l.send("again");
    });
    CHECK(peer.read_exactly(5) == "again");
    peer.write("answer");
    CHECK(line.wait_bytes(6) == "answer");
  }
  SECTION("the peer closes it") {
    line.on_loop([&](Line& l) {
      peer.close();
      CHECK_FALSE(l.connection().is_quiet());
    });
  }
  SECTION("bytes of nobody lie in the kernel") {
    line.on_loop([&](Line& l) {
      peer.write_through("poison");
      CHECK_FALSE(l.connection().is_quiet());
    });
  }
  SECTION("bytes of nobody close it") {
    peer.write_through("poison");
    CHECK(peer.read() != "again");
    line.on_loop([](Line& l) {
      CHECK_FALSE(l.connection().is_usable());
      CHECK_FALSE(l.connection().is_quiet());
    });
    CHECK(line.told() == told);
  }
}

TEST_CASE("Bytes that were read before anybody could be told are no answer to what is asked next") {
  PeerListener listener;
  Line line;
  bool quiet = true;
  line.at_bytes = [&](Line& l) {
    l.connection().rest(std::chrono::steady_clock::now());  // reads what the kernel has at once
    quiet = l.connection().is_quiet();
  };
  Peer peer = line.open_to(listener);
  // What follows a piece as large as the connection's buffer comes with the next read.
  line.on_loop([&](Line&) { peer.write_through(std::string(pk::upstream::k_read_bytes, 'x') + "poison"); });
  CHECK(line.wait_bytes(1).size() == pk::upstream::k_read_bytes);
  line.settle();
  CHECK_FALSE(quiet);
  CHECK(peer.read() != "again");
}
