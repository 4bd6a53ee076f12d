// What the agent counts of its own work, for /metrics.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "ray-init-agent/drain_end.h"
#include "ray-init-agent/gcs_error.h"

namespace ray_init_agent {

// A number that one thread changes while another reads it. Nothing is locked: a reader sees each number
// whole, and two numbers perhaps of two moments.
class Counter {
 public:
  void Add(std::uint64_t more = 1) { value_.fetch_add(more, std::memory_order_relaxed); }
  // For a number that goes down as well, and for one whose owner counts by itself.
  void Set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
  std::atomic<std::uint64_t> value_ = 0;
};

// A counter for each value of an enum, of which kLast is the last one.
template <typename Enum, Enum kLast>
class CounterBy {
 public:
  static constexpr std::size_t kValues = static_cast<std::size_t>(kLast) + 1;

  Counter& operator[](Enum value) { return counters_[static_cast<std::size_t>(value)]; }
  const Counter& operator[](Enum value) const { return counters_[static_cast<std::size_t>(value)]; }

 private:
  std::array<Counter, kValues> counters_;
};

// How long something takes that happens once. Started and stopped by one thread, read by any.
class CountedTime {
 public:
  using Clock = std::chrono::steady_clock;

  CountedTime() = default;
  // As after Start().
  explicit CountedTime(Clock::time_point now) { Start(now); }

  void Start(Clock::time_point now) { began_.Set(Ticks(now)); }
  void Stop(Clock::time_point now) { ended_.Set(Ticks(now)); }
  // Returns the time until Stop(), or until `now` if it still runs; zero before Start().
  std::chrono::milliseconds Elapsed(Clock::time_point now) const {
    const std::uint64_t began = began_.value(), ended = ended_.value();
    if (began == 0) return std::chrono::milliseconds(0);
    const Clock::duration took((ended != 0 ? ended : Ticks(now)) - began);
    return std::chrono::duration_cast<std::chrono::milliseconds>(took);
  }

 private:
  static std::uint64_t Ticks(Clock::time_point at) {
    return static_cast<std::uint64_t>(at.time_since_epoch().count());
  }

  Counter began_, ended_;
};

// All of them count from the agent's start, and live as long as somebody counts.
struct Counters {
  std::chrono::system_clock::time_point started_at = std::chrono::system_clock::now();
  CountedTime uptime = CountedTime(CountedTime::Clock::now());

  // The wait before Ray's start.
  struct Wait {
    Counter tries;
    CounterBy<GcsFailure, GcsFailure::kInterrupted> failures;
    Counter failed_lookups;  // of the GCS's name
    CountedTime time;
  } wait;

  // The watchdog's questions.
  struct Watchdog {
    Counter answers, failures;
  } watchdog;

  struct Drain {
    Counter asked, accepted;
    CounterBy<DrainEnd, DrainEnd::kInterrupted> ends;
    CountedTime time;
  } drain;

  struct Logs {
    Counter file_lines, child_lines;  // taken from log files, and from the child's own output
    Counter pieces;                   // of these: pieces of a longer line
    Counter dropped_lines;            // of the child's own output, for want of a reader of stdout
    Counter skipped_bytes;            // of removed log files, for want of a reader of stdout
    Counter written_bytes;            // to stdout
    Counter waiting_bytes;            // that stdout has not taken yet
    Counter files, open_files;        // that are followed, and those of them that are open
  } logs;

  // Old log files that the quota has removed.
  struct Quota {
    Counter removed_by_size, removed_by_age;
    Counter removed_bytes;
    Counter failures;
  } quota;

  // What the health port has answered.
  struct Requests {
    Counter live, not_live;    // /healthz
    Counter ready, not_ready;  // /readyz
    Counter scrapes;           // /metrics
    Counter refused;           // what is no such request
  } requests;
};

}  // namespace ray_init_agent
