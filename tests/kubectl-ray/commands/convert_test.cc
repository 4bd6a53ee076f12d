// `convert`, from words to output, without a server.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/program.h"

TEST_CASE("convert fails for what has no object, and names it") {
  const Tree files;
  files.Write("empty.yaml", "");
  files.Write("comments.yaml", "# nothing\n---\n# but comments\n---\n");
  files.Write("list.yaml", "apiVersion: v1\nkind: List\nitems: []\n");
  for (const char* name : {"/empty.yaml", "/comments.yaml", "/list.yaml"}) {
    INFO(name);
    const std::string path = files.path() + name;
    const Outcome outcome = RunProgram({"convert", "-f", path}, {});
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.find("error: cannot convert anything: there is no object in \"" + path + "\"\n") == 0);
  }
  // Of a folder the one file that says something is enough, as it is for `kubectl apply`.
  CHECK(RunProgram({"convert", "-f", files.path()}, {}).code == 2);
  files.Write("map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
  const Outcome outcome = RunProgram({"convert", "-o", "name", "-f", files.path()}, {});
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "configmap/a\n");
  CHECK(outcome.err.empty());
}
