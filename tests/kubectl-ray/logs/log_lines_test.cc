#include "kubectl-ray/logs/log_lines.h"

#include <catch2/catch_test_macros.hpp>
#include <vector>

using kubectl_ray::LineSplitter;
using kubectl_ray::LogPosition;

namespace {

std::vector<std::string> Split(const std::vector<std::string>& pieces, bool finish) {
  LineSplitter splitter;
  std::vector<std::string> lines;
  auto on_line = [&](std::string_view line) { lines.emplace_back(line); };
  for (const std::string& piece : pieces) splitter.Take(piece, on_line);
  if (finish) splitter.Finish(on_line);
  return lines;
}

std::vector<std::string> TakeAll(LogPosition* position, const std::vector<std::string>& lines) {
  std::vector<std::string> taken;
  position->StartStream();
  for (const std::string& line : lines) {
    std::string_view text;
    if (position->Take(line, &text)) taken.emplace_back(text);
  }
  return taken;
}

}  // namespace

TEST_CASE("pieces become lines wherever they are cut") {
  using Lines = std::vector<std::string>;
  CHECK(Split({}, true).empty());
  CHECK(Split({"\n"}, true) == Lines{""});
  CHECK(Split({"a\nb"}, false) == Lines{"a"});
  CHECK(Split({"a\nb"}, true) == Lines{"a", "b"});
  CHECK(Split({"a", "b", "\n", "", "c\n\n"}, true) == Lines{"ab", "c", ""});
  const std::string longest(LineSplitter::kMaxLineBytes, 'x');
  CHECK(Split({longest + "\n"}, true) == Lines{longest});
  CHECK(Split({longest + "y\nz\n"}, true) == Lines{longest, "y", "z"});
  CHECK(Split({longest, "y", "\n"}, true) == Lines{longest, "y"});
}

TEST_CASE("a stream that begins again repeats nothing and loses nothing") {
  using Lines = std::vector<std::string>;
  LogPosition position;
  CHECK(position.since_time().empty());
  CHECK(TakeAll(&position, {"2026-11-21T03:00:00.1Z a", "2026-11-21T03:00:00.200000000Z b",
                            "2026-11-21T03:00:00.2Z b2"}) == Lines{"a", "b", "b2"});
  CHECK(position.since_time() == "2026-11-21T03:00:00Z");
  // The kubelet takes whole seconds only, so the stream repeats the whole second.
  CHECK(
      TakeAll(&position, {"2026-11-21T03:00:00.1Z a", "2026-11-21T03:00:00.2Z b", "2026-11-21T03:00:00.2Z b2",
                          "2026-11-21T03:00:00.2Z b3", "2026-11-21T03:00:01Z c"}) == Lines{"b3", "c"});
  CHECK(TakeAll(&position, {"2026-11-21T03:00:01Z c"}).empty());
  CHECK(TakeAll(&position, {"2026-11-21T03:00:01Z c", "2026-11-21T03:00:01Z c"}) == Lines{"c"});
}

TEST_CASE("a clock that is set back inside a stream loses nothing") {
  LogPosition position;
  CHECK(TakeAll(&position, {"2026-11-21T03:00:05Z a", "2026-11-21T03:00:01Z b"}).size() == 2);
  CHECK(position.since_time() == "2026-11-21T03:00:01Z");
}

TEST_CASE("lines without a timestamp are whole text") {
  LogPosition position;
  for (const char* line : {"", "x", "2026-11-21", "2026-11-21T03:00:00", "2026-11-21T03:00:00.Q x",
                           "2026-11-21X03:00:00Z x", "unable to retrieve container logs"}) {
    std::string_view text;
    CHECK(position.Take(line, &text));
    CHECK(text == line);
  }
  std::string_view text;
  CHECK(position.Take("2026-11-21T03:00:00.5+01:00 y", &text));
  CHECK(text == "y");
  CHECK(position.since_time() == "2026-11-21T03:00:00+01:00");
  CHECK(position.Take("2026-11-21T03:00:01Z", &text));
  CHECK(text.empty());
}
