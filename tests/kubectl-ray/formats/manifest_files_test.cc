#include "kubectl-ray/formats/manifest_files.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/tree.h"

using kubectl_ray::ManifestFiles;
using Files = std::vector<std::string>;

TEST_CASE("a path is its own file, and a folder its manifests by name") {
  const Tree tree({{"b.yaml", ""}, {"a.yml", ""}, {"c.json", ""}, {"notes.txt", ""}, {"d.yaml/in.yaml", ""}});
  const std::string at = tree.path() + "/";
  CHECK(*ManifestFiles("-", true) == Files{"-"});
  CHECK(*ManifestFiles(at + "notes.txt", true) == Files{at + "notes.txt"});
  CHECK(*ManifestFiles(at + "missing", false) == Files{at + "missing"});  // who reads it says so
  CHECK(*ManifestFiles(tree.path(), false) == Files{at + "a.yml", at + "b.yaml", at + "c.json"});
  CHECK(*ManifestFiles(tree.path(), true) ==
        Files{at + "a.yml", at + "b.yaml", at + "c.json", at + "d.yaml/in.yaml"});
}

TEST_CASE("a folder without manifests is refused") {
  const Tree tree(std::map<std::string, std::string>{{"in/b.yaml", ""}});
  const auto none = ManifestFiles(tree.path(), false, "The way out.");
  REQUIRE(!none);
  CHECK(none.error().code == shared::ErrorCode::kUsage);
  CHECK(none.error().message ==
        "cannot use folder \"" + tree.path() + "\": no file in it ends in .yaml, .yml or .json");
  CHECK(none.error().hint == "The way out.");
}

TEST_CASE("a link that leads nowhere does not keep the others from being found") {
  const Tree tree(std::map<std::string, std::string>{{"b.yaml", ""}});
  std::filesystem::create_symlink("nowhere", tree.path() + "/a.yaml");
  CHECK(*ManifestFiles(tree.path(), true) == Files{tree.path() + "/b.yaml"});
}
