#include "ray-init-agent/metrics_text.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/golden.h"

using namespace ray_init_agent;
using std::chrono::milliseconds;

namespace {

constexpr CountedTime::Clock::time_point kBegin{std::chrono::hours(1)};

}  // namespace

// Each number is another one, so that no two of them can change places.
TEST_CASE("the metrics of a worker in its drain") {
  Counters counters;
  counters.started_at = std::chrono::system_clock::time_point(milliseconds(1'764'000'000'005));
  counters.uptime.Start(kBegin);
  counters.wait.time.Start(kBegin + milliseconds(100));
  counters.wait.time.Stop(kBegin + milliseconds(2'342));
  counters.drain.time.Start(kBegin + milliseconds(60'000));
  std::uint64_t next = 11;
  for (Counter* counter : {&counters.wait.tries, &counters.wait.failed_lookups, &counters.watchdog.answers,
                           &counters.watchdog.failures, &counters.drain.asked, &counters.drain.accepted})
    counter->Add(next++);
  for (Counter* counter :
       {&counters.logs.file_lines, &counters.logs.child_lines, &counters.logs.pieces,
        &counters.logs.dropped_lines, &counters.logs.skipped_bytes, &counters.logs.written_bytes,
        &counters.logs.waiting_bytes, &counters.logs.files, &counters.logs.open_files})
    counter->Add(next++);
  for (Counter* counter : {&counters.quota.removed_by_size, &counters.quota.removed_by_age,
                           &counters.quota.removed_bytes, &counters.quota.failures})
    counter->Add(next++);
  for (Counter* counter :
       {&counters.requests.live, &counters.requests.not_live, &counters.requests.ready,
        &counters.requests.not_ready, &counters.requests.scrapes, &counters.requests.refused})
    counter->Add(next++);
  for (std::size_t i = 0; i < counters.wait.failures.kValues; ++i)
    counters.wait.failures[static_cast<GcsFailure>(i)].Add(next++);
  for (std::size_t i = 0; i < counters.drain.ends.kValues; ++i)
    counters.drain.ends[static_cast<DrainEnd>(i)].Add(next++);
  counters.logs.written_bytes.Set(UINT64_MAX);
  const MetricsFacts facts = {"0.1.0", "2.52", "worker", "demo", counters.started_at + milliseconds(2'500)};
  CheckGolden("agent/metrics.txt", MetricsText(counters, facts, kBegin + milliseconds(72'049)));
}

TEST_CASE("the inside of a label") {
  const struct {
    std::string text, escaped;
  } rows[] = {
      {"", ""},
      {"demo", "demo"},
      {"a \"b\"", "a \\\"b\\\""},
      {"a\\b", "a\\\\b"},
      {"a\nb", "a\\nb"},
      {"a\tb", "a\tb"},
      {"\xc3\xa4", "\xc3\xa4"},
      {"\xff", "\\\\xff"},  // Prometheus takes nothing of a text that is not UTF-8
      {"\r\x1b[31m", "\\\\x0d\\\\x1b[31m"},
      {std::string("\0", 1), "\\\\x00"},
  };
  for (const auto& row : rows) CHECK(EscapeLabel(row.text) == row.escaped);
}
