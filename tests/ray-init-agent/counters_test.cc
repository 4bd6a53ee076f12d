#include "ray-init-agent/counters.h"

#include <catch2/catch_test_macros.hpp>
#include <thread>

using namespace ray_init_agent;
using std::chrono::milliseconds;

TEST_CASE("a counter loses nothing of what two threads add") {
  Counter counter;
  const auto add = [&] {
    for (int i = 0; i < 100'000; ++i) counter.Add(2);
  };
  std::thread one(add), other(add);
  one.join();
  other.join();
  CHECK(counter.value() == 400'000);
  counter.Set(3);
  counter.Add();
  CHECK(counter.value() == 4);
}

TEST_CASE("a counter for each value of an enum") {
  CounterBy<DrainEnd, DrainEnd::kInterrupted> ends;
  STATIC_CHECK(ends.kValues == 7);
  ends[DrainEnd::kIdle].Add();
  ends[DrainEnd::kInterrupted].Add(2);
  CHECK(ends[DrainEnd::kIdle].value() == 1);
  CHECK(ends[DrainEnd::kGone].value() == 0);
  CHECK(ends[DrainEnd::kInterrupted].value() == 2);
}

TEST_CASE("a time is zero before its start, runs, and stays") {
  const CountedTime::Clock::time_point begin{std::chrono::hours(1)};
  CountedTime time;
  CHECK(time.Elapsed(begin) == milliseconds(0));
  time.Start(begin);
  CHECK(time.Elapsed(begin) == milliseconds(0));
  CHECK(time.Elapsed(begin + milliseconds(1500)) == milliseconds(1500));
  time.Stop(begin + milliseconds(2000));
  CHECK(time.Elapsed(begin + std::chrono::hours(2)) == milliseconds(2000));
}
