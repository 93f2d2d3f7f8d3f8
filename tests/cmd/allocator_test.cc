#include "allocator.h"

#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"

namespace {

struct alignas(64) Line {
  char bytes[192];
};

// Of many sizes, each filled with its number.
std::vector<std::string> texts(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) all.emplace_back(i * 7 % 5000, static_cast<char>(i));
  return all;
}

bool is_whole(const std::vector<std::string>& all) {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i] != std::string(i * 7 % 5000, static_cast<char>(i))) return false;
  return true;
}

#ifndef PK_SANITIZED
bool is_from_heap(const void* block) {
  return block < sbrk(0);
}
#endif

}  // namespace

TEST_CASE("What was allocated before jemalloc goes back to where it came from, and the rest to jemalloc") {
  auto early = std::make_unique<std::vector<std::string>>(texts(300));
  auto early_line = std::make_unique<Line>();
  std::string grown(100, 'x');
#ifdef PK_SANITIZED
  CHECK_FALSE(pk::cmd::allocate_with_jemalloc());
#else
  REQUIRE(pk::cmd::allocate_with_jemalloc());
  CHECK(pk::cmd::allocate_with_jemalloc());
  const auto late = std::make_unique<Line>();
  CHECK(is_from_heap(early_line.get()));
  CHECK_FALSE(is_from_heap(late.get()));
  CHECK_FALSE(is_from_heap(std::make_unique<char[]>(40).get()));
  CHECK_FALSE(is_from_heap(std::make_unique<char[]>(4'000'000).get()));
#endif
  grown.append(100'000, 'y');
  CHECK(reinterpret_cast<std::uintptr_t>(std::make_unique<Line>().get()) % alignof(Line) == 0);
  CHECK(is_whole(*early));
  early.reset();
  early_line.reset();

  // One thread's memory is given back by another.
  std::vector<std::string> made;
  for (int i = 0; i < 20; ++i) {
    std::thread maker([&made] { made = texts(500); });
    maker.join();
    REQUIRE(is_whole(made));
    std::thread([taken = std::move(made)] {}).join();
  }
  CHECK(grown.substr(99, 2) == "xy");
}

TEST_CASE("Nothing, and more than there is, are asked for") {
  delete static_cast<char*>(nullptr);
  ::operator delete (nullptr, std::size_t{8});
  ::operator delete (nullptr, std::align_val_t{64});
  void* const none = ::operator new(0);
  CHECK(none != nullptr);
  ::operator delete(none);
#ifndef PK_SANITIZED  // they end the process
  CHECK(::operator new(SIZE_MAX / 4, std::nothrow) == nullptr);
#endif
}
