#include "ray-init-agent/watchdog.h"

#include <catch2/catch_test_macros.hpp>

using namespace ray_init_agent;
using std::chrono::seconds;

namespace {

constexpr WatchdogState::Clock::time_point kBegin{};
const GcsError kAway{GcsFailure::kRefused, "connection refused"};

}  // namespace

TEST_CASE("the watchdog bites for another cluster only") {
  WatchdogState state("head:6379", seconds(60), kBegin);
  CHECK_FALSE(state.OnAnswer("one", kBegin));
  CHECK_FALSE(state.OnAnswer("one", kBegin + seconds(1)));
  CHECK_FALSE(state.OnAnswer("", kBegin + seconds(1)));  // protobuf's default: it says nothing
  const auto failure = state.OnAnswer("two", kBegin + seconds(2));
  REQUIRE(failure);
  CHECK(failure->exit_code == kExitClusterReplaced);
  CHECK(failure->error.message ==
        "the gcs at \"head:6379\" came back as another cluster (74776f, was 6f6e65)");
}

TEST_CASE("the watchdog bites once the silence is longer than Ray's own patience") {
  WatchdogState state("head:6379", seconds(60), kBegin);
  CHECK_FALSE(state.OnError(kAway, kBegin + seconds(60)));
  CHECK_FALSE(state.OnAnswer("one", kBegin + seconds(60)));
  CHECK_FALSE(state.OnError(kAway, kBegin + seconds(120)));
  const auto failure = state.OnError(kAway, kBegin + seconds(121));
  REQUIRE(failure);
  CHECK(failure->exit_code == kExitGcsLost);
  CHECK(failure->error.message == "the gcs at \"head:6379\" is silent for 61s: refused: connection refused");
}

// 2,000 workers that asked each 2 s were 1,000 calls a second; Ray's own patience is 60 s by default.
TEST_CASE("the watchdog asks no more often than a silence needs") {
  using std::chrono::milliseconds;
  const struct {
    milliseconds silence;
    milliseconds interval;
  } rows[] = {{milliseconds(1), milliseconds(500)},
              {seconds(1), milliseconds(500)},
              {seconds(3), milliseconds(500)},
              {milliseconds(3006), milliseconds(501)},
              {seconds(12), seconds(2)},
              {milliseconds(59'994), milliseconds(9999)},
              {seconds(60), seconds(10)},
              {std::chrono::hours(1), seconds(10)}};
  for (const auto& row : rows) {
    INFO(row.silence.count());
    CHECK(WatchdogInterval(row.silence) == row.interval);
  }
}

TEST_CASE("the watchdog is never earlier than the cluster's own configuration lets Ray be") {
  const struct {
    const char* json;
    int seconds;
  } rows[] = {{R"({"gcs_rpc_server_reconnect_timeout_s": 300})", 300},
              {R"({"gcs_rpc_server_reconnect_timeout_s": 61, "health_check_period_ms": 1})", 61},
              {R"({"gcs_rpc_server_reconnect_timeout_s": 5})", 60},
              {R"({"gcs_rpc_server_reconnect_timeout_s": "300"})", 60},
              {R"({"gcs_rpc_server_reconnect_timeout_s": -1})", 60},
              {R"({"gcs_rpc_server_reconnect_timeout_s": 9223372036854775807})", 60},
              {"{}", 60},
              {"", 60},
              {"\xff", 60}};
  for (const auto& row : rows) {
    WatchdogState state("head:6379", seconds(60), kBegin);
    state.OnConfig(row.json);
    CHECK_FALSE(state.OnError(kAway, kBegin + seconds(row.seconds)));
    CHECK(state.OnError(kAway, kBegin + seconds(row.seconds + 1)));
  }
}
