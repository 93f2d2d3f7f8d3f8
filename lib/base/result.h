// Result<T>: a value or an Error. "Not there" is not an error: it is Result<std::optional<T>>.
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "base/assert.h"
#include "base/error.h"

namespace pk {

template <class T = void>
class [[nodiscard]] Result {
 public:
  Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return m_state.index() == 0; }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  T& value() & {
    PK_ASSERT(m_state.index() == 0);
    return *std::get_if<0>(&m_state);
  }
  const T& value() const& {
    PK_ASSERT(m_state.index() == 0);
    return *std::get_if<0>(&m_state);
  }
  T value_or(T otherwise) && { return *this ? std::move(value()) : std::move(otherwise); }

  const Error& error() const& {
    PK_ASSERT(m_state.index() == 1);
    return *std::get_if<1>(&m_state);
  }
  Error&& error() && {
    PK_ASSERT(m_state.index() == 1);
    return std::move(*std::get_if<1>(&m_state));
  }

 private:
  std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : m_error(std::move(error)) {}

  explicit operator bool() const { return !m_error; }

  const Error& error() const& {
    PK_ASSERT(m_error.has_value());
    return *m_error;
  }
  Error&& error() && {
    PK_ASSERT(m_error.has_value());
    return std::move(*m_error);
  }

 private:
  std::optional<Error> m_error;
};

}  // namespace pk

// PK_TRY(expression): returns its error from the enclosing function.
#define PK_TRY(expression)                                                     \
  do {                                                                         \
    if (auto pk_try = (expression); !pk_try) return std::move(pk_try).error(); \
  } while (false)

// PK_ASSIGN(auto x, expression): binds the value, or returns the error from the enclosing function.
#define PK_CONCAT_(a, b) a##b
#define PK_CONCAT(a, b) PK_CONCAT_(a, b)
#define PK_ASSIGN(target, expression) PK_ASSIGN_(PK_CONCAT(pk_result_, __LINE__), target, expression)
#define PK_ASSIGN_(result, target, expression)   \
  auto result = (expression);                    \
  if (!result) return std::move(result).error(); \
  target = *std::move(result)
