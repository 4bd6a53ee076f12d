// A point in monotonic time by which something has to be over, or never.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace shared {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  static Deadline Never() { return Deadline(std::nullopt); }
  static Deadline After(std::chrono::milliseconds d) { return Deadline(Clock::now() + d); }
  static Deadline At(Clock::time_point t) { return Deadline(t); }

  bool is_never() const { return !at_.has_value(); }
  bool passed() const { return at_ && Clock::now() >= *at_; }

  // Returns the time that is left, rounded up so that a wait of this length reaches the deadline; never below
  // zero, and at most `cap`.
  std::chrono::milliseconds Remaining(
      std::chrono::milliseconds cap = std::chrono::milliseconds(std::chrono::hours(1))) const {
    if (!at_) return cap;
    auto left = std::chrono::ceil<std::chrono::milliseconds>(*at_ - Clock::now());
    return std::clamp(left, std::chrono::milliseconds(0), cap);
  }

  // Returns the earlier of the two.
  Deadline Min(const Deadline& other) const {
    if (!at_) return other;
    if (!other.at_) return *this;
    return Deadline(std::min(*at_, *other.at_));
  }

 private:
  explicit Deadline(std::optional<Clock::time_point> at) : at_(at) {}
  std::optional<Clock::time_point> at_;
};

}  // namespace shared
