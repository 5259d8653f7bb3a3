// How a statement against the database ended, by what the caller may do next. No exception leaves
// storage/.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace suanpan::storage {

/// Nothing happened, or it does not matter whether it did: try again later by rule.
struct unavailable {
  std::string reason;
};

/// A value, or why there is none.
template <class T>
class outcome {
 public:
  outcome(T value) : held_(std::move(value)) {}        // NOLINT(google-explicit-constructor)
  outcome(unavailable why) : held_(std::move(why)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] explicit operator bool() const noexcept { return held_.index() == 0; }
  [[nodiscard]] T& operator*() { return std::get<0>(held_); }
  [[nodiscard]] const T& operator*() const { return std::get<0>(held_); }
  [[nodiscard]] T* operator->() { return &std::get<0>(held_); }
  [[nodiscard]] const T* operator->() const { return &std::get<0>(held_); }
  [[nodiscard]] const std::string& reason() const { return std::get<1>(held_).reason; }

 private:
  std::variant<T, unavailable> held_;
};

struct done {};

}  // namespace suanpan::storage
