#include "allocator.h"

#ifndef PK_SANITIZED  // sanitizers have operators of their own

#include <malloc.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <new>

// jemalloc's, under the names that cmd/CMakeLists.txt gives them.
extern "C" {
void* pk_je_malloc(std::size_t size);
void* pk_je_aligned_alloc(std::size_t alignment, std::size_t size);
void pk_je_free(void* block);
void pk_je_sdallocx(void* block, std::size_t size, int flags);
extern char _end;  // the linker's: of the program's own data, after which the C library's heap comes
}

namespace {

// Written once, before there is a second thread.
bool jemalloc_used = false;
std::uintptr_t early_begin = 0;  // what the C library had given by then
std::uintptr_t early_bytes = 0;

bool is_from_jemalloc(const void* block) {
  return jemalloc_used && reinterpret_cast<std::uintptr_t>(block) - early_begin >= early_bytes;
}

template <class Allocate>
void* allocated(Allocate allocate) {
  void* block = allocate();
  while (block == nullptr) {
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
    block = allocate();
  }
  return block;
}

}  // namespace

bool pk::cmd::allocate_with_jemalloc() {
  if (jemalloc_used) return true;
  if (mallinfo2().hblks != 0) return false;
  early_begin = reinterpret_cast<std::uintptr_t>(&_end);
  early_bytes = reinterpret_cast<std::uintptr_t>(sbrk(0)) - early_begin;
  jemalloc_used = true;
  return true;
}

// The others (of arrays, and that do not throw) are the standard library's and call these.

void* operator new(std::size_t size) {
  return allocated([size] { return jemalloc_used ? pk_je_malloc(size) : std::malloc(size == 0 ? 1 : size); });
}

void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto align = static_cast<std::size_t>(alignment);
  const std::size_t whole = (size + align - 1) / align * align;
  return allocated([whole, align] {
    return jemalloc_used ? pk_je_aligned_alloc(align, whole) : std::aligned_alloc(align, whole);
  });
}

void operator delete(void* block) noexcept {
  if (is_from_jemalloc(block))
    pk_je_free(block);
  else
    std::free(block);
}

void operator delete(void* block, std::size_t size) noexcept {
  if (is_from_jemalloc(block) && block != nullptr)
    pk_je_sdallocx(block, size, 0);
  else
    std::free(block);
}

void operator delete(void* block, std::align_val_t) noexcept {
  operator delete(block);
}

void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
  operator delete(block);
}

#else

bool pk::cmd::allocate_with_jemalloc() {
  return false;
}

#endif
