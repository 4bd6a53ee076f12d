// The outcome of anything that can fail: a value, or an Error with the cause and the way out.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace shared {

// What kind of failure it is. Code branches on this and never on text.
enum class ErrorCode {
  kUsage,        // the user's own words or files are wrong; nothing was sent
  kNotFound,     // the named object does not exist
  kAuth,         // not signed in, or not allowed
  kConflict,     // it exists already, or somebody changed it meanwhile
  kTimeout,      // a deadline has passed
  kInterrupted,  // the user asked to stop (SIGINT, SIGTERM)
  kUnavailable,  // the other side cannot be reached or cannot answer now; worth trying again
  kInternal,     // anything else, our own faults included
};

// message: lower case, action + quoted object + cause, no full stop: `cannot read "x.yaml": no such file`.
// hint: what to do about it, as a sentence of its own, or empty.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string hint = {};

  bool operator==(const Error&) const = default;
};

// Tag type: `return Unexpected(Error{...})` (std::unexpected's name; g++ 12 has no std::expected in C++20).
template <typename E>
struct Unexpected {
  explicit Unexpected(E e) : error(std::move(e)) {}
  E error;
};

inline Unexpected<Error> Fail(ErrorCode code, std::string message, std::string hint = "") {
  return Unexpected<Error>(Error{code, std::move(message), std::move(hint)});
}

// std::expected's members under its names. value() and error() assert the right state, which the caller
// checks first.
template <typename T, typename E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}                              // NOLINT
  Result(Unexpected<E> unexpected) : state_(std::in_place_index<1>, std::move(unexpected.error)) {}  // NOLINT

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return *Get<0>(); }
  const T& value() const& { return *Get<0>(); }
  T&& value() && { return std::move(*Get<0>()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  E& error() & { return *Get<1>(); }
  const E& error() const& { return *Get<1>(); }
  E&& error() && { return std::move(*Get<1>()); }

  T value_or(T fallback) const {
    if (has_value()) return value();
    return fallback;
  }

 private:
  template <std::size_t I>
  auto* Get() {
    auto* p = std::get_if<I>(&state_);
    assert(p != nullptr);
    return p;
  }
  template <std::size_t I>
  const auto* Get() const {
    const auto* p = std::get_if<I>(&state_);
    assert(p != nullptr);
    return p;
  }
  std::variant<T, E> state_;
};

// An outcome without a value: `return Ok();`.
using Status = Result<std::monostate>;
inline Status Ok() { return Status(std::monostate{}); }

}  // namespace shared

#define SHARED_CONCAT_INNER(a, b) a##b
#define SHARED_CONCAT(a, b) SHARED_CONCAT_INNER(a, b)
// TRY(expr): returns expr's error from the enclosing function, if it has one.
#define TRY(expr)                                                                                          \
  do {                                                                                                     \
    if (auto try_status = (expr); !try_status) return ::shared::Unexpected(std::move(try_status).error()); \
  } while (false)
// ASSIGN_OR_RETURN(auto x, expr): x is expr's value, or the enclosing function returns expr's error.
#define ASSIGN_OR_RETURN(declaration, expr) \
  ASSIGN_OR_RETURN_INNER(SHARED_CONCAT(try_result_, __LINE__), declaration, expr)
#define ASSIGN_OR_RETURN_INNER(result, declaration, expr)              \
  auto result = (expr);                                                \
  if (!result) return ::shared::Unexpected(std::move(result).error()); \
  declaration = std::move(result).value()
