#include "tests/support/golden.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

void CheckGolden(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(TESTDATA) / name;
  if (const char* update = std::getenv("UPDATE_GOLDENS"); update != nullptr && *update == '1') {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream expected;
  expected << file.rdbuf();
  INFO("golden: " << path << " (UPDATE_GOLDENS=1 writes it)");
  CHECK(text == expected.str());
}
