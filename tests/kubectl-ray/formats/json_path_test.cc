#include "kubectl-ray/formats/json_path.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

namespace {

const shared::Json& Value() {
  static const shared::Json value = *shared::ParseJson(R"({
    "kind": "List",
    "items": [
      {"metadata": {"name": "a", "labels": {"app.io/x": "1"}}, "n": 1, "ok": true},
      {"metadata": {"name": "b"}, "n": 2, "ok": false, "none": null}
    ]})");
  return value;
}

}  // namespace

TEST_CASE("templates print as kubectl's do") {
  struct Row {
    const char* text;
    const char* printed;
  };
  const Row rows[] = {
      {"", ""},
      {"plain", "plain"},
      {"{.kind}", "List"},
      {"{$.kind}", "List"},
      {"{kind}", "List"},
      {"{.items[*].metadata.name}", "a b"},
      {"{.items[0].metadata.name}", "a"},
      {"{.items[-1].metadata.name}", "b"},
      {"{.items[7].metadata.name}", ""},
      {"{.items[0:1].n}", "1"},
      {"{.items[::2].n}", "1"},
      {"{.items[1:].n}", "2"},
      {"{range .items[*]}{.metadata.name}{\"\\t\"}{.n}{\"\\n\"}{end}", "a\t1\nb\t2\n"},
      {"{.items[?(@.n>1)].metadata.name}", "b"},
      {"{.items[?(@.metadata.name==\"a\")].n}", "1"},
      {"{.items[?(@.metadata.labels)].n}", "1"},
      {"{.items[?(@.ok==true)].n}", "1"},
      {"{.items[0].metadata.labels['app.io/x']}", "1"},
      {"{.items[0].metadata.labels.app\\.io/x}", "1"},
      {"{..name}", "a b"},
      {"{.items[0].metadata}", R"({"name":"a","labels":{"app.io/x":"1"}})"},
      {"{.missing.deep}", ""},
      {"{.items[1].none}", ""},
      {"{.items[0].ok} x", "true x"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    auto path = JsonPath::Parse(row.text);
    REQUIRE(path);
    CHECK(path->Print(Value()) == row.printed);
  }
}

TEST_CASE("templates that cannot be read are refused with the place") {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "{range .a}";
  for (const std::string& text :
       {std::string("{"), std::string("{.a"), std::string("{.a[}"), std::string("{.a[x]}"),
        std::string("{.a[0}"), std::string("{end}"), std::string("{range .a}"), std::string("{\"a}"),
        std::string("{.a[?(@.b==]}"), std::string("{.a[?(@.b]}"), std::string("{.a[::0]}"),
        std::string("{.a[99999999999999999999]}"), std::string("{*}"), std::string("\xff"), deep}) {
    INFO(text.substr(0, 40));
    auto path = JsonPath::Parse(text);
    REQUIRE(!path);
    CHECK(path.error().code == shared::ErrorCode::kUsage);
    CHECK(path.error().message.size() < 400);
  }
  CHECK(!JsonPath::ParseExpression(".a b"));
}

TEST_CASE("A template over the items prints a list piece by piece as it prints the whole") {
  const shared::Json list = shared::Json::parse(R"({"kind": "List", "items": [
      {"n": 1, "tags": ["a", "b"], "s": ""}, {"tags": []}, {"n": {"x": 2}, "tags": ["c"], "s": null}]})");
  struct Case {
    const char* text;
    bool item_by_item;
  };
  for (const Case& c : {Case{"{.items[*].n}", true}, Case{"{$.items[*].tags[*]}{\"\\n\"}", true},
                        Case{"names: {.items[*].s} end", true},
                        Case{"{range .items[*]}{.n}:{range .tags[*]}<{@}>{end};{end}", true},
                        Case{"{.items[*]['n']}", true}, Case{"{.items[0].n}", false}, Case{"{.kind}", false},
                        Case{"{.items}", false}, Case{"{..n}", false}, Case{"no path", false},
                        Case{"{.items[*].n}{.items[*].s}", false}, Case{"{.items[?(@.n==1)].n}", false}}) {
    CAPTURE(c.text);
    const JsonPath path = *JsonPath::Parse(c.text);
    REQUIRE(path.ItemByItem() == c.item_by_item);
    if (!c.item_by_item) continue;
    std::size_t results = 0;
    std::string pieces = path.PrintBefore();
    for (const shared::Json& item : list["items"]) pieces += path.PrintItem(item, &results);
    CHECK(pieces + path.PrintAfter() == path.Print(list));
  }
}
