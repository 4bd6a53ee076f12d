#include "shared/json_items.h"

#include <catch2/catch_test_macros.hpp>

using namespace shared;

namespace {

struct Read {
  std::vector<std::string> items;
  std::string rest;   // "" after an error
  std::string error;  // its message
  bool operator==(const Read&) const = default;
};

// Feeds pieces that end after `cut` bytes and then after each `step`.
Read ReadInPieces(std::string_view text, const JsonItems::Options& options, std::size_t cut,
                  std::size_t step) {
  Read read;
  JsonItems reader(options, [&](const Json& item) {
    read.items.push_back(DumpJson(item));
    return true;
  });
  bool more = reader.Feed(text.substr(0, cut));
  for (std::size_t at = cut; more && at < text.size(); at += step) more = reader.Feed(text.substr(at, step));
  const Result<Json> rest = reader.Finish();
  if (rest) {
    read.rest = DumpJson(*rest);
  } else {
    CHECK(rest.error().code == ErrorCode::kInternal);
    read.error = rest.error().message;
  }
  return read;
}

// Reads the text whole, cut in two at every byte, and byte by byte; all have to be the same.
Read ReadAll(std::string_view text, const JsonItems::Options& options = {}) {
  INFO(text);
  Read read = ReadInPieces(text, options, text.size(), 1);
  for (std::size_t cut = 0; cut < text.size(); ++cut)
    CHECK(ReadInPieces(text, options, cut, text.size()) == read);
  CHECK(ReadInPieces(text, options, 0, 1) == read);
  return read;
}

}  // namespace

TEST_CASE("elements come one by one and the rest at the end, however the text is cut") {
  struct Row {
    const char* text;
    std::vector<std::string> items;
    const char* rest;
  };
  const Row rows[] = {
      {R"({"items":[]})", {}, R"({"items":[]})"},
      {R"( { "items" : [ ] , "kind" : "L" } )", {}, R"({"items":[],"kind":"L"})"},
      {R"({"kind":"L","items":[{"a":1},{"a":"}]\""}],"metadata":{"continue":"x"}})",
       {R"({"a":1})", R"({"a":"}]\""})"},
       R"({"kind":"L","items":[],"metadata":{"continue":"x"}})"},
      {R"({"items":[1, -2.5e3 ,null,"x",[1,[2]],{} ]})",
       {"1", "-2500.0", "null", R"("x")", "[1,[2]]", "{}"},
       R"({"items":[]})"},
      {R"({"items":null,"a":1})", {}, R"({"items":null,"a":1})"},
      {R"({"items":{"items":[1]},"a":[{"items":[2]}]})",
       {},
       R"({"items":{"items":[1]},"a":[{"items":[2]}]})"},
      {R"({"a":{"items":[1]}})", {}, R"({"a":{"items":[1]}})"},
      {R"({"\u0069tems":["\\", "\\\""]})", {R"("\\")", R"("\\\"")"}, R"({"items":[]})"},
      {"[1]", {}, "[1]"},
      {"5", {}, "5"},
      {R"("x")", {}, R"("x")"},
  };
  for (const Row& row : rows) CHECK(ReadAll(row.text) == Read{row.items, row.rest, ""});
}

TEST_CASE("the array may be deeper, or the document itself") {
  CHECK(ReadAll(R"({"result":true,"data":{"msg":"","summary":[{"a":1},2],"z":[3]},"summary":[4]})",
                {.path = "data.summary"}) ==
        Read{{R"({"a":1})", "2"},
             R"({"result":true,"data":{"msg":"","summary":[],"z":[3]},"summary":[4]})",
             ""});
  CHECK(ReadAll("[[1],{}]", {.path = ""}) == Read{{"[1]", "{}"}, "[]", ""});
}

TEST_CASE("only the fields asked for are built") {
  const char* text =
      R"({"items":[{"spec":{"x":[1,{"y":"]"}],"groups":[{"name":"a","n":1},{"n":2},7]},"metadata":{"name":"n",)"
      R"("managedFields":[{"f:x":{}}],"labels":{"a.b/c":"d"}}},5,{"metadata":null}],"metadata":{"name":"m"}})";
  const auto only = [&](std::initializer_list<std::string_view> paths) {
    return ReadAll(text, {.fields = JsonFields::Only(paths)}).items;
  };
  CHECK(only({"metadata.name", "spec.groups.n"}) ==
        std::vector<std::string>{R"({"spec":{"groups":[{"n":1},{"n":2},7]},"metadata":{"name":"n"}})", "5",
                                 R"({"metadata":null})"});
  CHECK(only({"metadata", "metadata.name"}) ==
        std::vector<std::string>{
            R"({"metadata":{"name":"n","managedFields":[{"f:x":{}}],"labels":{"a.b/c":"d"}}})", "5",
            R"({"metadata":null})"});
  CHECK(only({"none"}) == std::vector<std::string>{"{}", "5", "{}"});
  const Read without = ReadAll(text, {.fields = JsonFields::Without({"metadata.managedFields", "spec"})});
  CHECK(without.items == std::vector<std::string>{R"({"metadata":{"name":"n","labels":{"a.b/c":"d"}}})", "5",
                                                  R"({"metadata":null})"});
  CHECK(without.rest == R"({"items":[],"metadata":{"name":"m"}})");
  CHECK(JsonFields().all());
  CHECK_FALSE(JsonFields::Only({"a"}).all());
}

TEST_CASE("what is not JSON is an error, after the elements before it") {
  const std::pair<const char*, std::size_t> rows[] = {
      {"", 0},
      {"{", 0},
      {R"({"items":[1)", 0},
      {R"({"items":[1,)", 1},
      {R"({"items":[1]})"
       "x",
       1},
      {R"({"items":[1,,2]})", 1},
      {R"({"items":[1,]})", 1},
      {R"({"items":[,1]})", 0},
      {R"({"items":[1}])", 1},
      {R"({"items":[1 2]})", 1},
      {R"({"items":[nul]})", 0},
      {R"({"items":[{"a":1},{"a":}]})", 1},
      {R"({"items":[{"a":1,}]})", 0},
      {R"({"items":[{"a" 1}]})", 0},
      {R"({"items":[{1:1}]})", 0},
      {"{\"items\":[\"\xff\"]}", 0},
      {R"({"items"})", 0},
      {R"({"items":})", 0},
      {R"({"a":[}],"items":[]})", 0},
      {R"({,"items":[]})", 0},
      {R"({"items":[1],})", 1},
      {R"(]{"items":[1]})", 0},
      {R"({"items":["\)", 0},
  };
  const JsonFields some = JsonFields::Only({"a"});
  for (const auto& [text, items] : rows)
    for (const JsonFields& fields : {JsonFields(), some}) {
      const Read read = ReadAll(text, {.fields = fields});
      INFO(text);
      CHECK(read.items.size() == items);
      CHECK_FALSE(read.error.empty());
    }
}

TEST_CASE("depth and size are bounded") {
  const auto nested = [](int depth) {
    return "{\"items\":[{\"b\":" + std::string(depth, '[') + std::string(depth, ']') + "}]}";
  };
  CHECK(ReadInPieces(nested(9), {.max_depth = 10}, 0, 100).error.empty());
  CHECK_FALSE(ReadInPieces(nested(10), {.max_depth = 10}, 0, 100).error.empty());
  for (const JsonFields& fields : {JsonFields(), JsonFields::Only({"a"}), JsonFields::Only({"b.c"})})
    CHECK_FALSE(ReadInPieces(nested(100'000), {.fields = fields}, 0, 100).error.empty());

  const std::string large(100, 'x');
  for (const std::string& text : {"{\"items\":[{\"a\":\"" + large + "\"}]}", "{\"b\":\"" + large + "\"}",
                                  "{\"" + large + "\":1}", "{\"items\":[{\"" + large + "\":1}]}"})
    for (const std::size_t step : {std::size_t(7), text.size()})
      CHECK(ReadInPieces(text, {.fields = JsonFields::Only({"a"}), .max_bytes = 50}, 0, step)
                .error.find("50 bytes") != std::string::npos);
  // Many small elements, and large members that are left out, are no more than one small element.
  std::string many = "{\"items\":[1";
  for (int i = 0; i < 1000; ++i) many += ",{\"a\":1,\"b\":\"" + large + "\"}";
  many += "]}";
  CHECK(ReadInPieces(many, {.fields = JsonFields::Only({"a"}), .max_bytes = 50}, 0, 7).items.size() == 1001);
}

TEST_CASE("the reader of elements may stop") {
  int calls = 0;
  JsonItems reader({}, [&](const Json&) { return ++calls < 2; });
  CHECK_FALSE(reader.Feed(R"({"items":[1,2,3]})"));
  CHECK(calls == 2);
  CHECK_FALSE(reader.Feed("x"));
  const auto rest = reader.Finish();
  REQUIRE(rest);
  CHECK(rest->is_null());
}
