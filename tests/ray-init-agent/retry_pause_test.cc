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

TEST_CASE("a missing name costs a question a second at first, and one in ten seconds in the end") {
  const struct {
    int queries;
    milliseconds waited;
    milliseconds pause;
  } rows[] = {
      {1, seconds(0), seconds(1)},
      {1, seconds(30), seconds(1)},
      {1, seconds(60), seconds(2)},
      {1, seconds(150), seconds(5)},
      {1, seconds(299), milliseconds(9966)},
      {1, seconds(300), seconds(10)},
      {1, std::chrono::hours(1), seconds(10)},
      // A host that is searched for: each of its names is a question. At first a pause only doubles the wait.
      {4, seconds(0), seconds(1)},
      {4, milliseconds(2500), milliseconds(2500)},
      {4, seconds(10), seconds(4)},
      {4, seconds(60), seconds(8)},
      {4, std::chrono::hours(1), seconds(40)},
      {0, seconds(10), seconds(1)},
  };
  for (const auto& row : rows) CHECK(LookupPause(row.queries, row.waited) == row.pause);
}

TEST_CASE("an address is used for five seconds at first, and for twenty in the end") {
  CHECK(AnswerIsFreshFor(seconds(0)) == seconds(5));
  CHECK(AnswerIsFreshFor(seconds(15)) == seconds(5));
  CHECK(AnswerIsFreshFor(seconds(30)) == seconds(10));
  CHECK(AnswerIsFreshFor(seconds(60)) == seconds(20));
  CHECK(AnswerIsFreshFor(std::chrono::hours(1)) == seconds(20));
}

TEST_CASE("the schedules of 2,000 waiting workers together") {
  // Questions a second after a while, without jitter, which only lowers them.
  const auto missing = [](milliseconds waited) { return 2'000 * 1'000 / LookupPause(1, waited).count(); };
  const auto found = [](milliseconds waited) { return 2'000 * 2 * 1'000 / AnswerIsFreshFor(waited).count(); };
  CHECK(missing(seconds(0)) == 2'000);
  CHECK(missing(seconds(60)) == 1'000);
  CHECK(missing(seconds(300)) == 200);
  CHECK(found(seconds(0)) == 800);
  CHECK(found(seconds(60)) == 200);
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
