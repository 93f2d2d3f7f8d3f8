// The answer of a handler, taken in by a client that is never slow, or that leaves.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/handler.h"

namespace pk::test {

struct Answered final : http::Responder {
  void head(const http::ResponseHead& head) override { m_head = head; }
  void body(std::string_view piece) override {
    text += piece;
    ++pieces;
  }
  void end() override { ended = true; }
  Task<bool> flush() override {
    flushed = ended;
    ++flushes;
    if (flushes == leaves_after) leave();
    co_return !left;
  }
  void cut() override { was_cut = true; }
  void unstage() override {}
  bool head_sent() const override { return flushes > 0; }
  bool client_left() const override { return left; }
  void on_client_left(std::function<void()> then) override {
    m_on_left = std::move(then);
    if (left && m_on_left) std::exchange(m_on_left, {})();
  }
  void leave() {
    left = true;
    if (m_on_left) std::exchange(m_on_left, {})();
  }

  int status() const { return m_head.status; }
  std::string header(std::string_view name) const {
    return std::string(http::find_header(m_head.headers, name).value_or(""));
  }
  std::optional<std::uint64_t> length() const { return m_head.content_length; }

  std::string text;
  std::size_t pieces = 0, flushes = 0;
  std::size_t leaves_after = 0;  // flushes; 0: never
  bool ended = false;
  bool flushed = false;
  bool was_cut = false;
  bool left = false;

 private:
  http::ResponseHead m_head;
  std::function<void()> m_on_left;
};

}  // namespace pk::test
