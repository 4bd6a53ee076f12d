#include "ray-init-agent/retry_pause.h"

#include <catch2/catch_test_macros.hpp>

using namespace ray_init_agent;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("tries come at first often, then in proportion to what was waited") {
  CHECK(RetryPause(milliseconds(200), seconds(0)) == milliseconds(200));
  CHECK(RetryPause(milliseconds(200), seconds(6)) == milliseconds(200));
  CHECK(RetryPause(milliseconds(200), seconds(30)) == seconds(1));
  CHECK(RetryPause(milliseconds(200), seconds(60)) == seconds(2));
  CHECK(RetryPause(milliseconds(200), std::chrono::hours(1)) == seconds(2));
  CHECK(RetryPause(seconds(5), seconds(0)) == seconds(5));
}

TEST_CASE("a missing name costs a question a second once ten seconds were waited") {
  CHECK(LookupPause(2, seconds(0)) == milliseconds(100));
  CHECK(LookupPause(2, seconds(1)) == milliseconds(200));
  CHECK(LookupPause(2, seconds(10)) == seconds(2));
  CHECK(LookupPause(2, std::chrono::hours(1)) == seconds(2));
  CHECK(LookupPause(8, seconds(5)) == seconds(4));
  CHECK(LookupPause(8, seconds(10)) == seconds(8));
  CHECK(LookupPause(0, seconds(10)) == seconds(1));
}

TEST_CASE("jitter never shortens a pause, and lengthens it by a quarter at most") {
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const milliseconds pause = WithJitter(milliseconds(1000));
    CHECK(pause >= milliseconds(1000));
    CHECK(pause <= milliseconds(1250));
    differs = differs || pause != WithJitter(milliseconds(1000));
  }
  CHECK(differs);
}
