#include "shared/prometheus_text.h"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

using shared::PrometheusReader;
using shared::PrometheusSample;
using shared::ReadPrometheusLine;

namespace {

std::vector<PrometheusSample> Read(const std::vector<std::string>& pieces) {
  std::vector<PrometheusSample> samples;
  PrometheusReader reader([](std::string_view name) { return name == "a" || name == "b"; },
                          [&](const PrometheusSample& sample) { samples.push_back(sample); });
  for (const std::string& piece : pieces) reader.Feed(piece);
  return samples;
}

}  // namespace

TEST_CASE("a line of Prometheus' text is a sample", "[prometheus_text]") {
  const struct {
    const char* line;
    PrometheusSample sample;
  } rows[] = {
      {"up 1", {"up", {}, 1}},
      {"_a:b9 -0.5", {"_a:b9", {}, -0.5}},
      {"a{} 2", {"a", {}, 2}},
      {R"(a{x="1"} 2)", {"a", {{"x", "1"}}, 2}},
      {R"(a{x="1",y="",} 2)", {"a", {{"x", "1"}, {"y", ""}}, 2}},
      {"  a\t{ x = \"1\" , y=\"2\" }\t2 ", {"a", {{"x", "1"}, {"y", "2"}}, 2}},
      {R"(a{x="1"}2)", {"a", {{"x", "1"}}, 2}},
      {R"(a{x="a\\b\"c\nd} 1,"} 2)", {"a", {{"x", "a\\b\"c\nd} 1,"}}, 2}},
      {"a 1.073741824e+09", {"a", {}, 1073741824}},
      {"a +3 1764453562000", {"a", {}, 3}},
      {"a 3 -1", {"a", {}, 3}},
      {"a +Inf", {"a", {}, std::numeric_limits<double>::infinity()}},
      {"a -Inf", {"a", {}, -std::numeric_limits<double>::infinity()}},
      {"a{x=\"\xff\x1b\"} 2", {"a", {{"x", "\xff\x1b"}}, 2}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.line);
    const auto sample = ReadPrometheusLine(row.line);
    REQUIRE(sample);
    CHECK(*sample == row.sample);
  }
  const auto none = ReadPrometheusLine("a NaN");
  REQUIRE(none);
  CHECK(std::isnan(none->value));
}

TEST_CASE("what is no sample is none", "[prometheus_text]") {
  for (const char* line : {"",
                           " ",
                           "# HELP a What it is",
                           "# TYPE a gauge",
                           "a",
                           "a{",
                           "a{x",
                           "a{x=",
                           "a{x=\"1",
                           "a{x=\"1\"",
                           "a{x=\"1\"}",
                           "a{x=1} 2",
                           "a{x=\"1\" y=\"2\"} 2",
                           "a{,} 2",
                           "a{9=\"1\"} 2",
                           "a{x=\"\\t\"} 2",
                           "a{x=\"\\",
                           "9a 1",
                           "a-b 1",
                           "{\"a\"} 1",
                           "a 1x",
                           "a ++1",
                           "a +-1x",
                           "a 0x10",
                           "a 1 x",
                           "a 1 1.5",
                           "a 1 2 3",
                           "a 1 # {x=\"1\"} 2",
                           "<html>404</html>",
                           "\x1b[31ma 1"}) {
    CAPTURE(line);
    CHECK_FALSE(ReadPrometheusLine(line));
  }
}

TEST_CASE("the first label of a name counts, and one that is missing is empty", "[prometheus_text]") {
  const auto sample = ReadPrometheusLine(R"(a{x="1",x="2"} 3)");
  REQUIRE(sample);
  CHECK(sample->Label("x") == "1");
  CHECK(sample->Label("y").empty());
}

TEST_CASE("a text comes in pieces, and only what is wanted is read", "[prometheus_text]") {
  const PrometheusSample a{"a", {{"x", "1"}}, 2}, b{"b", {}, 3};
  const struct {
    std::vector<std::string> pieces;
    std::vector<PrometheusSample> samples;
  } rows[] = {
      {{}, {}},
      {{"# TYPE a gauge\na{x=\"1\"} 2\nab 1\nb 3\n"}, {a, b}},
      {{"a{x=\"1\"} 2\r\nb 3\r\n"}, {a, b}},
      {{"a{x=", "", "\"1\"} ", "2", "\n", "b 3\n"}, {a, b}},
      {{"c 1\nc", " 2\n\n\na{x=\"1\"} 2\nb 3"}, {a}},  // the last line may be cut off
      {{"b 3\n", std::string(PrometheusReader::kMaxLine + 1, ' '), "a 1\nb 3\n"}, {b, b}},
      {{std::string(PrometheusReader::kMaxLine, ' '), "b 3\nb 3\n"}, {b}},
      {{std::string(PrometheusReader::kMaxLine - 3, ' ') + "b 3\n"}, {b}},
      {{std::string(PrometheusReader::kMaxLine - 2, ' ') + "b 3\nb 3\n"}, {b}},
      {{std::string(PrometheusReader::kMaxLine - 3, ' '), "b 3", "\n"}, {b}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.pieces.size(), row.pieces);
    CHECK(Read(row.pieces) == row.samples);
  }
}
