#include "kubectl-ray/cli/list_printer.h"

#include <catch2/catch_test_macros.hpp>
#include <sstream>

#include "kubectl-ray/cli/pairs.h"
#include "kubectl-ray/formats/time.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Object(const std::string& name, int n) {
  return {{"apiVersion", "ray.io/v1"},
          {"kind", "RayCluster"},
          {"metadata", {{"name", name}, {"managedFields", "long"}}},
          {"n", n}};
}

struct Printed {
  std::string out, err;
};

Printed Print(const std::string& format, const std::vector<Json>& objects, bool single = false,
              bool watch = false) {
  std::istringstream in;
  std::ostringstream out, err;
  Streams io{.in = in, .out = out, .err = err};
  ListPrinter::Options options{
      .format = ParseOutputFormat(format).value_or(OutputFormat{}),
      .columns = {{"Name",
                   [](const Json& o) {
                     return shared::StringAt(o, {"metadata", "name"});
                   }},
                  {"Count", [](const Json& o) { return std::to_string(shared::IntAt(o, {"n"})); }},
                  {"More", [](const Json&) { return std::string("more"); }, true}},
      .single = single,
      .watch = watch,
      .nothing = "Nothing found."};
  auto printer = ListPrinter::Make(io, std::move(options));
  REQUIRE(printer);
  for (const Json& object : objects) printer->Add(object);
  printer->Finish();
  return {out.str(), err.str()};
}

}  // namespace

TEST_CASE("each format of a list") {
  const std::vector<Json> two = {Object("a", 1), Object("longer", 22)};
  CHECK(Print("", two).out == "NAME     COUNT\na        1\nlonger   22\n");
  CHECK(Print("wide", two).out == "NAME     COUNT   MORE\na        1       more\nlonger   22      more\n");
  CHECK(Print("name", two).out == "raycluster.ray.io/a\nraycluster.ray.io/longer\n");
  // As `kubectl get -o name` (0.36.3): the group follows the kind, and the core group has no name.
  CHECK(Print("name", {{{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", {{"name", "p"}}}}}).out ==
        "pod/p\n");
  CHECK(Print("name", {Object("a\x1b[31m", 1)}).out == "raycluster.ray.io/a\\x1b[31m\n");
  CHECK(Print("jsonpath={.items[*].n}", two).out == "1 22");
  CHECK(Print("jsonpath={.n}", {two[0]}, true).out == "1");
  CHECK(Print("custom-columns=A:.metadata.name,B:{.missing}", two).out ==
        "A        B\na        <none>\nlonger   <none>\n");
  CHECK(Print("yaml", {two[0]}, true).out ==
        "apiVersion: ray.io/v1\nkind: RayCluster\nmetadata:\n  name: a\n\"n\": 1\n");
  auto list = shared::ParseJson(Print("json", two).out);
  REQUIRE(list);
  CHECK((*list)["items"].size() == 2);
  CHECK(!(*list)["items"][0]["metadata"].contains("managedFields"));
}

// As `kubectl get pods -w -o FORMAT` (0.36.3) prints them: no list around them, each object whole and by
// itself.
TEST_CASE("each format of a watch is of one object after another") {
  const std::vector<Json> changes = {Object("a", 1), Object("a", 2)};
  for (const bool single : {false, true}) {
    const auto print = [&](const char* format) { return Print(format, changes, single, true).out; };
    CHECK(print("") == "NAME   COUNT\na      1\na      2\n");
    CHECK(print("name") == "raycluster.ray.io/a\nraycluster.ray.io/a\n");
    CHECK(print("jsonpath={.n}{'\\n'}") == "1\n2\n");
    CHECK(print("custom-columns=N:.n") == "N\n1\n2\n");
    CHECK(print("yaml") ==
          "apiVersion: ray.io/v1\nkind: RayCluster\nmetadata:\n  name: a\n\"n\": 1\n---\n"
          "apiVersion: ray.io/v1\nkind: RayCluster\nmetadata:\n  name: a\n\"n\": 2\n");
    std::istringstream json(print("json"));
    for (const int n : {1, 2}) {
      Json object;
      json >> object;
      CHECK(object["n"] == n);
    }
  }
  // A template for a list works, too, with each item as it comes.
  CHECK(Print("jsonpath={range .items[*]}{.n};{end}", changes, false, true).out == "1;2;");
  CHECK(Print("json", {}, false, true).out.empty());
}

TEST_CASE("nothing is told on stderr, and is an empty list for machines") {
  CHECK(Print("", {}).out.empty());
  CHECK(Print("", {}).err == "Nothing found.\n");
  CHECK(shared::ParseJson(Print("json", {}).out).value_or(Json())["items"] == Json::array());
  CHECK(Print("yaml", {}).out == "apiVersion: v1\nkind: List\nitems: []\n");
  CHECK(Print("name", {}).out.empty());
}

TEST_CASE("a name from the server cannot drive the terminal or break a row") {
  CHECK(Print("", {Object("a\x1b[31m\nb", 1)}).out == "NAME          COUNT\na\\x1b[31m b   1\n");
}

TEST_CASE("-o is read, or refused with the near name") {
  CHECK(ParseOutputFormat("jsonpath={.a}").value_or(OutputFormat{}) ==
        OutputFormat{OutputFormat::Kind::kJsonPath, "{.a}"});
  CHECK(ParseOutputFormat("yml").error().hint == "Did you mean \"yaml\"?");
  for (const char* bad : {"x", "jsonpath", "jsonpath=", "custom-columns", "JSON=", "\xff"})
    CHECK(!ParseOutputFormat(bad));
}

TEST_CASE("pairs are read as pflag reads them") {
  using Map = std::map<std::string, std::string>;
  CHECK(ParsePairs("--l", {"a=b,c=d"}).value_or(Map{}) == Map{{"a", "b"}, {"c", "d"}});
  CHECK(ParsePairs("--l", {"a=b,c"}).value_or(Map{}) == Map{{"a", "b,c"}});
  CHECK(ParsePairs("--l", {"a=b", "a=c", "d="}).value_or(Map{}) == Map{{"a", "c"}, {"d", ""}});
  CHECK(ParsePairs("--l", {R"("a=b,c",d=e"f)"}).value_or(Map{}) == Map{{"a", "b,c"}, {"d", "e\"f"}});
  CHECK(ParsePairs("--l", {R"(r={"x": 1})"}).value_or(Map{}) == Map{{"r", R"({"x": 1})"}});
  for (const char* bad : {"", "a", "=b", "a=b,c=d,e", "\"a=b,c=d", "\xff=1"}) {
    INFO(bad);
    CHECK(!ParsePairs("--l", {bad}));
  }
}

TEST_CASE("times of the API") {
  CHECK(ParseTime("1970-01-01T00:00:10Z")->time_since_epoch().count() == 10);
  CHECK(ParseTime("1970-01-01T01:00:10.123456+01:00")->time_since_epoch().count() == 10);
  for (const char* bad : {"", "x", "1970-13-01T00:00:00Z", "1970-01-01 00:00:00Z", "1970-01-01T00:00:00",
                          "1970-01-01T-1:00:00Z", "1970-01-01T00:00:00+1:00", "1970-01-01T00:00:00."})
    CHECK(!ParseTime(bad));
  const Json object = {{"metadata", {{"creationTimestamp", "2026-11-21T03:00:00Z"}}}};
  CHECK(AgeOf(object, *ParseTime("2026-11-21T03:01:05Z")) == "65s");
  CHECK(AgeOf(object, *ParseTime("2026-11-21T02:00:00Z")) == "0s");
  CHECK(AgeOf(Json(), *ParseTime("2026-11-21T02:00:00Z")) == "<unknown>");
}
