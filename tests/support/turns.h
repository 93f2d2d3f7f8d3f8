// Turning a loop by hand. One that had nothing left to do for a moment is stopped, and runs nothing from then
// on, whatever is given to it: it is told to go on before each turn.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <stdexcept>

namespace pk::test {

// Runs one handler, for which it waits. Throws where there is nothing to wait for: what is to come would
// never.
inline void turn(boost::asio::io_context& loop) {
  loop.restart();
  if (loop.run_one() == 0) throw std::runtime_error("the loop has nothing left to wait for");
}

// Until `holds()` does; how many handlers ran.
template <class F>
std::size_t turn_until(boost::asio::io_context& loop, F holds) {
  std::size_t handlers = 0;
  for (; !holds(); ++handlers) turn(loop);
  return handlers;
}

inline std::size_t turn_what_is_ready(boost::asio::io_context& loop) {
  loop.restart();
  return loop.poll();
}

}  // namespace pk::test
