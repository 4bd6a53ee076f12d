#include "kubectl-ray/formats/yaml_text.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace kubectl_ray;

namespace {

using Kind = YamlTextNode::Kind;

// Writes each value with its own text between ⟨ ⟩, parents first: what a reader of places can check by eye.
void Describe(std::string_view text, const YamlTextNode& node, const std::string& path, std::string* out) {
  static constexpr const char* kKinds[] = {"null", "scalar", "sequence", "map", "alias"};
  static constexpr const char* kStyles[] = {"",         " plain",  " single", " double",
                                            " literal", " folded", " block",  " flow"};
  *out += path + ": " + kKinds[static_cast<int>(node.kind)] + kStyles[static_cast<int>(node.style)] + " " +
          std::to_string(node.line) + ":" + std::to_string(node.column);
  if (!node.anchor.empty()) *out += (node.is_alias() ? " *" : " &") + node.anchor;
  if (!node.tag.empty()) *out += " " + node.tag;
  *out += " ⟨" + std::string(text.substr(node.begin, node.end - node.begin)) + "⟩\n";
  std::size_t index = 0;
  for (const YamlTextEntry& entry : node.entries)
    Describe(text, *entry.value, path + "/" + (entry.key ? entry.key->scalar : std::to_string(index++)), out);
}

std::string Places(std::string_view text) {
  const auto documents = ReadYamlText("x.yaml", text);
  if (!documents) return documents.error().message;
  std::string out;
  for (const YamlTextDocument& document : *documents) Describe(text, *document.root, "", &out);
  return out;
}

}  // namespace

TEST_CASE("each value is found where it stands", "[yaml_text]") {
  struct {
    std::string_view text, places;
  } const rows[] = {
      {"a: 1\n", ": map block 1:0 ⟨a: 1⟩\n/a: scalar plain 1:3 ⟨1⟩\n"},
      {"# c\n---\na: b  # d\n\n", ": map block 3:0 ⟨a: b⟩\n/a: scalar plain 3:3 ⟨b⟩\n"},
      {"a:\nb: ~\n", ": map block 1:0 ⟨a:\nb: ~⟩\n/a: null 1:2 ⟨⟩\n/b: null plain 2:3 ⟨~⟩\n"},
      {"a: &x\nb: *x\n", ": map block 1:0 ⟨a: &x\nb: *x⟩\n/a: null 1:5 &x ⟨&x⟩\n/b: alias 2:3 *x ⟨*x⟩\n"},
      {"a:\n- 1\n-\n- - 2\n  - c: d\n",
       ": map block 1:0 ⟨a:\n- 1\n-\n- - 2\n  - c: d⟩\n/a: sequence block 2:0 ⟨- 1\n-\n- - 2\n  - c: d⟩\n"
       "/a/0: scalar plain 2:2 ⟨1⟩\n/a/1: null 3:1 ⟨⟩\n/a/2: sequence block 4:2 ⟨- 2\n  - c: d⟩\n"
       "/a/2/0: scalar plain 4:4 ⟨2⟩\n/a/2/1: map block 5:4 ⟨c: d⟩\n/a/2/1/c: scalar plain 5:7 ⟨d⟩\n"},
      {"a: {b: [1, 'it''s', \"x\\\"y\"], c: }  # e\r\nd: e f\r\n",
       ": map block 1:0 ⟨a: {b: [1, 'it''s', \"x\\\"y\"], c: }  # e\r\nd: e f⟩\n"
       "/a: map flow 1:3 ⟨{b: [1, 'it''s', \"x\\\"y\"], c: }⟩\n"
       "/a/b: sequence flow 1:7 ⟨[1, 'it''s', \"x\\\"y\"]⟩\n/a/b/0: scalar plain 1:8 ⟨1⟩\n"
       "/a/b/1: scalar single 1:11 ⟨'it''s'⟩\n/a/b/2: scalar double 1:20 ⟨\"x\\\"y\"⟩\n/a/c: null 1:31 ⟨⟩\n"
       "/d: scalar plain 2:3 ⟨e f⟩\n"},
      {"a: |\n  x\n\n  y\n\nb: >-\n  z\n# c\n",
       ": map block 1:0 ⟨a: |\n  x\n\n  y\n\nb: >-\n  z⟩\n/a: scalar literal 1:3 ⟨|\n  x\n\n  y⟩\n"
       "/b: scalar folded 6:3 ⟨>-\n  z⟩\n"},
      {"- |2\n    x\n- y\n",
       ": sequence block 1:0 ⟨- |2\n    x\n- y⟩\n/0: scalar literal 1:2 ⟨|2\n    x⟩\n"
       "/1: scalar plain 3:2 ⟨y⟩\n"},
      {"a: one\n  two\n\n  three # c\nb: !!str &n 1\n",
       ": map block 1:0 ⟨a: one\n  two\n\n  three # c\nb: !!str &n 1⟩\n/a: scalar plain 1:3 ⟨one\n  two\n\n  "
       "three⟩\n"
       "/b: scalar plain 5:12 &n !!str ⟨!!str &n 1⟩\n"},
      {"a: &m\n  # c\n  b: 1\nc:\n  <<: *m\n",
       ": map block 1:0 ⟨a: &m\n  # c\n  b: 1\nc:\n  <<: *m⟩\n/a: map block 1:2 &m ⟨&m\n  # c\n  b: 1⟩\n"
       "/a/b: scalar plain 3:5 ⟨1⟩\n/c: map block 5:2 ⟨<<: *m⟩\n/c/<<: alias 5:6 *m ⟨*m⟩\n"},
      {"{\"a\":1,\t\"b\":[],\n\"c\":{}}",
       ": map flow 1:0 ⟨{\"a\":1,\t\"b\":[],\n\"c\":{}}⟩\n/a: scalar plain 1:5 ⟨1⟩\n"
       "/b: sequence flow 1:12 ⟨[]⟩\n/c: map flow 2:4 ⟨{}⟩\n"},
      {"a: [b: 1, ]\n",
       ": map block 1:0 ⟨a: [b: 1, ]⟩\n/a: sequence flow 1:3 ⟨[b: 1, ]⟩\n"
       "/a/0: map flow 1:4 ⟨b: 1⟩\n/a/0/b: scalar plain 1:7 ⟨1⟩\n"},
      {"? a\n: b\n", ": map block 1:0 ⟨? a\n: b⟩\n/a: scalar plain 2:2 ⟨b⟩\n"},
      {"a: 1\n---\n---\n# nothing\n---\nb: 2\n",
       ": map block 1:0 ⟨a: 1⟩\n/a: scalar plain 1:3 ⟨1⟩\n: map block 6:0 ⟨b: 2⟩\n/b: scalar plain 6:3 "
       "⟨2⟩\n"},
      {"\xef\xbb\xbf"
       "a: 1\n",
       ": map block 1:3 ⟨a: 1⟩\n/a: scalar plain 1:6 ⟨1⟩\n"},
      {"--- {a: 1}\n", ": map flow 1:4 ⟨{a: 1}⟩\n/a: scalar plain 1:8 ⟨1⟩\n"},
      {"a: [~, null , ]\nb: &c null\nd: &e\nnull1: 2\n",
       ": map block 1:0 ⟨a: [~, null , ]\nb: &c null\nd: &e\nnull1: 2⟩\n/a: sequence flow 1:3 ⟨[~, null , "
       "]⟩\n"
       "/a/0: null plain 1:4 ⟨~⟩\n/a/1: null plain 1:7 ⟨null⟩\n/b: null plain 2:6 &c ⟨&c null⟩\n"
       "/d: null 3:5 &e ⟨&e⟩\n/null1: scalar plain 4:7 ⟨2⟩\n"},
      {"", ""},
      {"# nothing\n", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(Places(row.text) == row.places);
  }
}

TEST_CASE("a member is found through aliases and merges, its own first", "[yaml_text]") {
  const std::string text = "base: &b {x: 1, z: 2}\nuse:\n  <<: *b\n  z: 3\nalias: *b\nlist: [*b]\n";
  const auto documents = ReadYamlText("x.yaml", text);
  REQUIRE(documents);
  const YamlTextNode& root = *documents->at(0).root;
  const YamlTextNode& use = *Member(root, "use");
  CHECK(Member(use, "x")->scalar == "1");
  CHECK(Member(use, "z")->scalar == "3");
  CHECK(OwnMember(use, "x") == nullptr);
  CHECK(Member(*Member(root, "alias"), "z")->scalar == "2");
  CHECK(Item(*Member(root, "list"), 0)->anchor == "b");
  CHECK(Item(*Member(root, "list"), 1) == nullptr);
  CHECK(Member(root, "none") == nullptr);
  CHECK(documents->at(0).value["use"] == shared::Json::parse(R"({"x": 1, "z": 3})"));
}

TEST_CASE("what cannot be read is refused with its line", "[yaml_text]") {
  CHECK(Places("a: 1\nb: \x04\n") ==
        "cannot read x.yaml:2: it has a control character, which YAML does not allow");
  CHECK(Places("a: [1\n").starts_with("cannot read x.yaml:"));
  CHECK(Places("a: 1\na: 2\n").starts_with("cannot use x.yaml:2:1"));
}
