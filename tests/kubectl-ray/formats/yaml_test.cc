#include "kubectl-ray/formats/yaml.h"

#include <yaml-cpp/yaml.h>

#include <catch2/catch_test_macros.hpp>
#include <sstream>

using namespace kubectl_ray;
using shared::Json;

TEST_CASE("whatever is dumped reads back as the same") {
  for (const char* text : {"",
                           " ",
                           "a",
                           "true",
                           "True",
                           "yes",
                           "no",
                           "on",
                           "y",
                           "null",
                           "~",
                           "1",
                           "01",
                           "1.5",
                           "1e3",
                           "0x1f",
                           "2026-11-21",
                           "12:30:45",
                           "500m",
                           "2.52.0",
                           "4Gi",
                           "-",
                           "- a",
                           "-c",
                           "--",
                           "a: b",
                           "a:b",
                           "a #b",
                           "#a",
                           "a\nb\n",
                           "a\n  b\n\nc\n",
                           "a\nb",
                           "\n",
                           "a \nb\n",
                           " a\n",
                           "\ta\n",
                           "'",
                           "\"",
                           "\\",
                           "{a}",
                           "[a]",
                           "&a",
                           "*a",
                           "!a",
                           "|",
                           ">",
                           "%a",
                           "@a",
                           "`a",
                           "a,b",
                           "ä",
                           "\xe2\x82\xac",
                           "\x07",
                           "\x1b[31m",
                           "\xc2\x85",
                           "a\xe2\x80\xa8 b\xc3\xa4",
                           "\xe2\x80\xa9",
                           "\xc2\xa0",
                           "=",
                           "<<",
                           "...",
                           "---",
                           ".inf",
                           ".nan",
                           "nan",
                           "inf",
                           "+1",
                           "e",
                           "E5",
                           ":",
                           "?",
                           "? a"}) {
    INFO(text);
    const Json value = {{"k", text},
                        {text, Json::array({text, {{"n", Json::array({text, Json::array()})}}})}};
    auto back = ParseYaml("x", DumpYaml(value));
    REQUIRE(back);
    CHECK(*back == value);
  }
  const Json kinds = {{"null", nullptr}, {"t", true},           {"i", -7},
                      {"d", 1.5},        {"o", Json::object()}, {"l", Json::array()}};
  CHECK(ParseYaml("x", DumpYaml(kinds)).value_or(Json()) == kinds);
}

// What sigs.k8s.io/yaml 1.6 (go.yaml.in/yaml/v2 2.4.2), by which kubectl reads manifests, made of the same
// texts.
TEST_CASE("scalars are what they are for kubectl") {
  const struct {
    const char *yaml, *json;
  } rows[] = {
      {"0400", "256"},
      {"0600", "384"},
      {"0o400", "256"},
      {"0O17", "15"},
      {"-0400", "-256"},
      {"+0400", "256"},
      {"08", "8"},
      {"09.5", "9.5"},
      {"0_7", "7"},
      {"0x1F", "31"},
      {"0X1f", "31"},
      {"-0x10", "-16"},
      {"+0x10", "16"},
      {"0x-1", "\"0x-1\""},
      {"0xFFFFFFFFFFFFFFFF", "18446744073709551615"},
      {"0x1FFFFFFFFFFFFFFFF", "\"0x1FFFFFFFFFFFFFFFF\""},
      {"0777777777777777777777", "9223372036854775807"},
      {"01777777777777777777777", "18446744073709551615"},
      {"0b11", "3"},
      {"-0b11", "-3"},
      {"+0b11", "3"},
      {"0b2", "\"0b2\""},
      {"0b", "\"0b\""},
      {"0x", "\"0x\""},
      {"0o", "\"0o\""},
      {"0", "0"},
      {"00", "0"},
      {"-0", "0"},
      {"+3", "3"},
      {"1_000", "1000"},
      {"1__0_", "10"},
      {"_1", "\"_1\""},
      {"12_.5", "12.5"},
      {"0x1_F", "31"},
      {"1e3", "1000"},
      {"1E3", "1000"},
      {"1e+3", "1000"},
      {"1e-3", "0.001"},
      {"1.0", "1"},
      {"1.", "1"},
      {".5", "0.5"},
      {"-.5", "-0.5"},
      {"+.5", "0.5"},
      {".5e1", "5"},
      {".5_5", "0.55"},
      {".", "\".\""},
      {"+", "\"+\""},
      {"+-1", "\"+-1\""},
      {"--1", "\"--1\""},
      {"1,000", "\"1,000\""},
      {"1e", "\"1e\""},
      {"e1", "\"e1\""},
      {"0x1p-2", "\"0x1p-2\""},
      {"9223372036854775807", "9223372036854775807"},
      {"9223372036854775808", "9223372036854775808"},
      {"18446744073709551615", "18446744073709551615"},
      {"18446744073709551616", "18446744073709552000"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"-9223372036854775809", "-9223372036854776000"},
      {"99999999999999999999", "100000000000000000000"},
      {"1e400", "\"1e400\""},
      {".1e400", "\".1e400\""},
      {"1e-400", "0"},
      {"1e21", "1e+21"},
      {"0.1", "0.1"},
      {"1e-7", "1e-7"},
      {"yes", "true"},
      {"YES", "true"},
      {"yEs", "\"yEs\""},
      {"y", "true"},
      {"N", "false"},
      {"no", "false"},
      {"on", "true"},
      {"Off", "false"},
      {"True", "true"},
      {"FALSE", "false"},
      {"tRUE", "\"tRUE\""},
      {"~", "null"},
      {"Null", "null"},
      {"", "null"},
      {"2026-11-21", "\"2026-11-21\""},
      {"2026-11-21T10:00:00Z", "\"2026-11-21T10:00:00Z\""},
      {"12:30:45", "\"12:30:45\""},
      {"500m", "\"500m\""},
      {"2.52.0", "\"2.52.0\""},
      {"=", "\"=\""},
      {"<<", "\"<<\""},
      {"'12'", "\"12\""},
      {"\"yes\"", "\"yes\""},
      {"!!str 123", "\"123\""},
      {"!!int \"12\"", "12"},
      {"!!float 3", "3"},
      {"!!float \"3.5\"", "3.5"},
      {"!!bool \"yes\"", "true"},
      {"!!null ~", "null"},
      {"!!binary aGVsbG8=", "\"hello\""},
      {"!!timestamp 2026-11-21", "\"2026-11-21\""},
      {"!foo 12", "\"12\""},
      {"! 12", "\"12\""},
      {R"("\_\N\L\P")", R"("\u00a0\u0085\u2028\u2029")"},
      {R"("\xa0\x85ä\_")", R"("\u00a0\u0085ä\u00a0")"},
      {R"("😀\_é\N")", R"("😀\u00a0é\u0085")"},
      {R"("\U0001F600\0\a\e")", R"("\ud83d\ude00\u0000\u0007\u001b")"},
  };
  for (const auto& row : rows) {
    INFO(row.yaml);
    CHECK(ParseYaml("x", row.yaml).value_or("refused") == Json::parse(row.json));
  }
}

TEST_CASE("keys and merges are what they are for kubectl") {
  // As above, except that a duplicate key is an error.
  const struct {
    const char *yaml, *json;
  } rows[] = {
      {"{y: 1}", R"({"true":1})"},
      {"{on: 1, 'on': 2}", R"({"true":1,"on":2})"},
      {"{1: a}", R"({"1":"a"})"},
      {"{0x10: a}", R"({"16":"a"})"},
      {"{010: a}", R"({"8":"a"})"},
      {"{1.5: a}", R"({"1.5":"a"})"},
      {"{-12.5: a}", R"({"-12.5":"a"})"},
      {"{1e300: a}", R"({".inf":"a"})"},
      {"{1e7: a}", R"({"1e+07":"a"})"},
      {"{1e6: a}", R"({"1e+06":"a"})"},
      {"{100000.5: a}", R"({"100000.5":"a"})"},
      {"{100000.0: a}", R"({"100000":"a"})"},
      {"{0.0001: a}", R"({"0.0001":"a"})"},
      {"{0.00001: a}", R"({"1e-05":"a"})"},
      {"{123456789.0: a}", R"({"1.2345679e+08":"a"})"},
      {"{16777217.0: a}", R"({"1.6777216e+07":"a"})"},
      {"{-1e-10: a}", R"({"-1e-10":"a"})"},
      {"{.inf: a, -.inf: b, .nan: c}", R"({".inf":"a","-.inf":"b",".nan":"c"})"},
      {"{2026-11-21: a}", R"({"2026-11-21":"a"})"},
      {"{<<: {a: 2, b: 3}, a: 1}", R"({"a":1,"b":3})"},
      {"{a: 1, <<: {a: 2, b: 3}}", R"({"a":2,"b":3})"},
      {"{<<: [{a: 1, b: 1}, {a: 2, c: 2}]}", R"({"a":1,"b":1,"c":2})"},
      {"{<<: {a: 1}, <<: {b: 2}}", R"({"a":1,"b":2})"},
      {"{<<: {<<: {a: 1}, b: 2}}", R"({"a":1,"b":2})"},
      {"{\"<<\": {a: 1}}", R"({"<<":{"a":1}})"},
      {"[<<]", R"(["<<"])"},
      {"r: &r {limits: {cpu: 1}}\nresources: {<<: *r, requests: {cpu: 0.5}}",
       R"({"r":{"limits":{"cpu":1}},"resources":{"limits":{"cpu":1},"requests":{"cpu":0.5}}})"},
  };
  for (const auto& row : rows) {
    INFO(row.yaml);
    const auto value = ParseYaml("x", row.yaml);
    REQUIRE(value);
    CHECK(nlohmann::json::parse(value->dump()) == nlohmann::json::parse(row.json));
  }
}

TEST_CASE("what kubectl cannot read is refused by place") {
  const struct {
    const char *yaml, *message;
  } rows[] = {
      {"a: .inf", "cannot use x:1:4: .inf is no number in JSON"},
      {"a: -.Inf", "cannot use x:1:4: -.Inf is no number in JSON"},
      {"[.nan]", "cannot use x:1:2: .nan is no number in JSON"},
      {"{~: a}", "a key is null"},
      {"{18446744073709551615: a}", "a key is too large a number"},
      {"{[a]: b}", "a key is not a scalar"},
      {"{1: a, \"1\": b}", "key \"1\" is there twice"},
      {"{<<: 1}", "what << names is neither a map nor a list of maps"},
      {"{<<: [1]}", "what << names is neither a map nor a list of maps"},
      {"{<<: ~}", "what << names is neither a map nor a list of maps"},
      {"r: &r [a]\nx: {<<: *r}", "what << names is neither a map nor a list of maps"},
      {"!!int 1.5", "\"1.5\" is no !!int"},
      {"!!int x", "\"x\" is no !!int"},
      {"!!null x", "\"x\" is no !!null"},
      {"!!bool 1", "\"1\" is no !!bool"},
      {"!!binary '%'", "its !!binary is no text in base64"},
  };
  for (const auto& row : rows) {
    INFO(row.yaml);
    const auto value = ParseYaml("x", row.yaml);
    REQUIRE_FALSE(value);
    CHECK(value.error().code == shared::ErrorCode::kUsage);
    CHECK(value.error().message.find(row.message) != std::string::npos);
  }
}

TEST_CASE(
    "a last key without a colon and an open quote are refused, which yaml-cpp takes and kubectl does not") {
  // Refused or read alike by go-yaml (kubectl 1.34) and PyYAML 6.
  constexpr const char* kNoColon = "there is no colon after the key";
  constexpr const char* kOpenQuote = "the quote that begins there is not closed";
  const struct {
    const char *yaml, *place, *cause;
  } broken[] = {
      {"a: \"x\"\nb\n", "2:1", kNoColon},
      {"a: \"x\"\nb", "2:1", kNoColon},
      {"a: x?\n\nc: [d]\nb\n...\n", "4:1", kNoColon},
      {"a:\n  b: |\n    x\n  minReplicas 3\n", "4:3", kNoColon},
      {"- a: 'x'\n  b\n", "2:3", kNoColon},
      {"a: 'x'\nb:c\n", "2:1", kNoColon},
      {"a: 'x'\n&y b\n", "2:1", kNoColon},
      {"\xef\xbb\xbf\n"
       "a: 'x'\nb\n",
       "3:1", kNoColon},
      {"a: 'x'\nb\n---\nc: d\n", "2:1", kNoColon},
      {"a: \"b\nc: d\n", "1:4", kOpenQuote},
      {"a: 'it''s\n", "1:4", kOpenQuote},
      {"a: &x \"b\\\"\n", "1:4", kOpenQuote},
      {"a: 'b\n---\nc: d\n", "1:4", kOpenQuote},
  };
  for (const auto& row : broken) {
    INFO(row.yaml);
    const auto values = ParseYamlDocuments("x", row.yaml);
    REQUIRE_FALSE(values);
    CHECK(values.error().message == std::string("cannot read x:") + row.place + ": " + row.cause);
  }
  const std::pair<const char*, const char*> whole[] = {
      {"? b\n", R"({"b":null})"},
      {"?\n  b\n", R"({"b":null})"},
      {"a: 1\nb:\n", R"({"a":1,"b":null})"},
      {"a: 1\nb :", R"({"a":1,"b":null})"},
      {"b: # c\n", R"({"b":null})"},
      {"b: ~\n", R"({"b":null})"},
      {"{a: 1, b}\n", R"({"a":1,"b":null})"},
      {"- a\n-\n", R"(["a",null])"},
      {"a: &x 'b'''\n", R"({"a":"b'"})"},
  };
  for (const auto& [yaml, json] : whole) {
    INFO(yaml);
    CHECK(ParseYaml("x", yaml).value_or("refused") == Json::parse(json));
  }
}

TEST_CASE("hostile or broken YAML is refused by name and place") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int j = 0; j < 9; ++j) bomb += ", " + last;
    bomb += "]\n";
  }
  const std::string deep(100000, '[');
  const std::string huge(kMaxYamlBytes + 1, 'a');
  for (const std::string& text : {bomb, deep, huge, std::string("a: [1"), std::string("a: b: c"),
                                  std::string("\xff"), std::string("? [a]\n: b\n"), std::string("a: *none"),
                                  std::string("a: 1\na: 2\n"), std::string("\"a")}) {
    INFO(text.substr(0, 40));
    auto value = ParseYaml("file.yaml", text);
    REQUIRE(!value);
    CHECK(value.error().code == shared::ErrorCode::kUsage);
    CHECK(value.error().message.find("file.yaml") != std::string::npos);
  }
}

TEST_CASE("a file that is not there or not a file is refused by name") {
  std::istringstream in("a: 1");
  CHECK(ReadYamlFile("-", in).value_or("") == "a: 1");
  CHECK(!ReadYamlFile("/no/such/file", in));
  CHECK(!ReadYamlFile("/", in));
}

TEST_CASE("a key of any length reads back as the same") {
  for (const std::size_t length : {1, 250, 251, 255, 256, 1023, 1024, 1025, 5000})
    for (const char c : {'k', '\x14', '"', ' '}) {
      INFO(length << " of " << static_cast<int>(c));
      const Json value = {{std::string(length, c), {{std::string(length, c), "v"}}},
                          {"after", Json::array({1})}};
      CHECK(ParseYaml("dump", DumpYaml(value)).value_or(Json()) == value);
    }
}

TEST_CASE("what is not UTF-8 is refused, and nothing is taken for UTF-16 or UTF-32") {
  for (const std::string& text : {std::string("\xff"), std::string("a\0b", 3), std::string("\0\0\0a", 4),
                                  std::string("a\0", 2), std::string("\1\0\0\0\0\2\0\2", 8)}) {
    const auto value = ParseYaml("f.yaml", text);
    REQUIRE_FALSE(value);
    CHECK(value.error().message == "cannot read f.yaml: it is not UTF-8");
  }
}

TEST_CASE("line breaks that only some readers know are refused") {
  for (const char* text : {"a: 1 # b\xe2\x80\xa9\x63: 2", "a: b\xc2\x85\x63", "a: \"b\xe2\x80\xa8\x63\""}) {
    const auto value = ParseYaml("f.yaml", "# c\n" + std::string(text));
    REQUIRE_FALSE(value);
    CHECK(value.error().message == "cannot read f.yaml:2: there is a line break of Unicode in it");
    CHECK(value.error().hint.starts_with("In double quotes it is written \\"));
  }
  CHECK(ParseYaml("f.json", "{\"a\": \"b\xe2\x80\xa8\"}").value_or(Json()) == Json{{"a", "b\xe2\x80\xa8"}});
}

TEST_CASE("text behind the one document is refused, also where the parser would find documents without end") {
  const struct {
    const char *text, *place, *cause = ": a second document begins there, and no --- stands before it";
  } rows[] = {
      {"a\n---\nb\n", "2:1", ": a second document begins there, and one is all that is taken"},
      {"--- a\n--- b\n", "2:1", ": a second document begins there, and one is all that is taken"},
      {"---\n# c\n---\na\n---\n---\nb", "6:1",
       ": a second document begins there, and one is all that is taken"},
      {"\"a\" b", "1:5"},
      {",", "1:1"},
      {"'a' ,\n", "1:5"},
      {"--- [a]\n,", "2:1"},
      {"a: 1\n---\nb: 2\n...\nc", "5:1"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto value = ParseYaml("f.yaml", row.text);
    REQUIRE_FALSE(value);
    CHECK(value.error().code == shared::ErrorCode::kUsage);
    CHECK(value.error().message == std::string("cannot read f.yaml:") + row.place + row.cause);
  }
  CHECK(ParseYaml("f.yaml", "---\na\n...\n").value_or(Json()) == Json("a"));
}

TEST_CASE("documents without content do not count, as in kubectl") {
  for (const char* text : {"a: 1\n---\n", "---\na: 1\n---\n---\n# end\n", "%YAML 1.1\n---\na: 1\n",
                           "# c\n\n---\na: 1", "--- # c\na: 1\n--- \r\n~\n", "a: 1\n...\n"}) {
    INFO(text);
    CHECK(ParseYaml("x", text).value_or(Json()) == Json{{"a", 1}});
  }
  for (const char* text : {"", "---\n", "---\n# only\n", "---\n---\n", "~\n---\n~\n"})
    CHECK(ParseYaml("x", text).value_or(Json(1)) == Json(nullptr));
}

TEST_CASE("all documents of a file are read, and an error names the line of the file") {
  CHECK(
      ParseYamlDocuments("x", "a: 1\n---\n---\nb: |\n  ---\n  c\n--- [d]\n").value_or(std::vector<Json>()) ==
      std::vector<Json>{{{"a", 1}}, {{"b", "---\nc\n"}}, Json::array({"d"})});
  CHECK(ParseYamlDocuments("x", "").value_or(std::vector<Json>{1}).empty());
  const auto wrong = ParseYamlDocuments("x", "a: 1\n---\nb: 1\nb: 2\n");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message == "cannot use x:4:1: key \"b\" is there twice");
  std::string many;
  for (std::size_t i = 0; i <= kMaxYamlDocuments; ++i) many += "---\na\n";
  CHECK_FALSE(ParseYamlDocuments("x", many));
}
