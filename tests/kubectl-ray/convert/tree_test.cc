#include "kubectl-ray/convert/tree.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "kubectl-ray/formats/yaml.h"

namespace {

using kubectl_ray::ParseTrees;
using kubectl_ray::Tree;
using shared::Json;

constexpr const char* kText = R"(# Above all.

a: 1 # one
b:   # two
    # of c
    c:   'three'  # so
    d: |
        # no comment
        text
# of e
e:
    - x: 1
      # of w
      w: [1, 2]  # flow
    - x: 2

    - {x: 3}
# below all
)";

Tree Read(const std::string& text) {
  auto trees = ParseTrees("f", text);
  REQUIRE(trees);
  REQUIRE(trees->size() == 1);
  return std::move(trees->front());
}

}  // namespace

TEST_CASE("a tree knows lines, comments and spelling", "[convert]") {
  const Tree tree = Read(kText);
  CHECK(tree.LineAt({"a"}) == 3);
  CHECK(tree.LineAt({"b", "c"}) == 6);
  CHECK(tree.LineAt({"b", "nothing"}) == 4);
  CHECK(tree.Find("a")->beside == "# one");
  CHECK(tree.Find("a")->above == std::vector<std::string>{"# Above all.", ""});
  CHECK(tree.Find("b")->beside == "# two");
  CHECK(tree.At({"b", "c"})->above == std::vector<std::string>{"# of c"});
  CHECK(tree.At({"b", "c"})->spelling == "'three'");
  CHECK(tree.StringAt({"b", "d"}) == "# no comment\ntext\n");
  CHECK(tree.Find("e")->above == std::vector<std::string>{"# of e"});
  CHECK(tree.Find("e")->items[0].Find("w")->beside == "# flow");
  CHECK(tree.Find("e")->items[2].above == std::vector<std::string>{""});
  CHECK(tree.below == std::vector<std::string>{"# below all"});
}

TEST_CASE("what did not change is the text that was read", "[convert]") {
  struct Row {
    const char* what;
    std::function<void(Tree*)> change;
    std::string old, now;  // the only difference
  };
  const Row rows[] = {
      {"nothing", [](Tree*) {}, "a: 1", "a: 1"},
      {"a scalar", [](Tree* t) { t->Set("a", Json("yes")); }, "a: 1 # one", "a: \"yes\" # one"},
      {"a scalar below", [](Tree* t) { t->Get("b").Set("c", Json(4)); }, "c:   'three'  # so", "c: 4  # so"},
      {"a member less, with its comment", [](Tree* t) { t->Get("b").Remove("c"); },
       "    # of c\n    c:   'three'  # so\n", ""},
      {"a member more",
       [](Tree* t) {
         t->Get("b").Set("z", Json{{"w", "x"}});
       },
       "        text\n", "        text\n    z:\n      w: x\n"},
      {"an item less", [](Tree* t) { t->Get("e").items.erase(t->Get("e").items.begin() + 1); },
       "    - x: 2\n", ""},
      {"an item more", [](Tree* t) { t->Get("e").Add(Tree(Json("new"))); }, "    - {x: 3}\n",
       "    - {x: 3}\n    - new\n"},
      {"a member of an item", [](Tree* t) { t->Get("e").items[0].Set("x", Json(7)); }, "- x: 1", "- x: 7"},
      {"a key with another name", [](Tree* t) { t->members[1].first = "other"; }, "b:   # two",
       "other:   # two"},
      {"what was empty", [](Tree* t) { t->Set("e", Json::array()); },
       "e:\n    - x: 1\n      # of w\n      w: [1, 2]  # flow\n    - x: 2\n\n    - {x: 3}\n", "e: []\n"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    Tree tree = Read(kText);
    row.change(&tree);
    std::string expected = kText;
    expected.replace(expected.find(row.old), row.old.size(), row.now);
    CHECK(tree.ToYaml() == expected);
  }
}

TEST_CASE("a tree written from scratch keeps comments, and reads back", "[convert]") {
  Tree tree = Read(kText);
  tree.source.clear();
  CHECK(tree.ToYaml() == R"(# Above all.

a: 1 # one
b: # two
  # of c
  c: 'three' # so
  d: |
    # no comment
    text
# of e
e:
- x: 1
  # of w
  w: [1, 2] # flow
- x: 2

- {x: 3}
# below all
)");
}

TEST_CASE("any value is written so that it reads back", "[convert]") {
  const char* const texts[] = {
      "a: &x {b: c}\nd: *x\n",
      "base: &b {k: 1, l: 2}\nuse:\n  <<: *b\n  k: 3\n",
      "- - 1\n  - 2\n-\n  - 3\n- {}\n- []\n- null\n- ''\n",
      "a: >-\n  folded\n  text\nb: |+\n  kept\n\nc: \"x\\ty\"\n",
      "yes: no\n1: 2\n'on': \"off\"\n0x10: 010\n",
      "? {a: b}\n: c\n",
      "--- # c\nx: 1\n...\n",
      "just text\n",
      "a: !!str 1\nb: !mine x\n",
      "a:\n  -   b: 1\n      c: 2\n",
      "{\"a\": [1,\n 2], \"b\": {\n}}\n",
      "a: 'it''s'\r\nb:\r\n  - 1\r\n",
      "k: v # c\n# d\n  # e\n",
  };
  for (const std::string text : texts) {
    INFO(text);
    auto trees = ParseTrees("f", text);
    if (!trees) continue;  // refused by YAML's reader, too
    for (Tree& tree : *trees)
      for (const bool whole : {true, false}) {
        if (!whole) tree.source.clear();
        const auto read = kubectl_ray::ParseYaml("f", tree.ToYaml());
        INFO(tree.ToYaml());
        REQUIRE(read);
        CHECK(*read == tree.ToJson());
      }
  }
}
