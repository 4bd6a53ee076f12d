#include "ray-init-agent/log_sweeper.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace ray_init_agent {
namespace {

TEST_CASE("IsOldLog is true of old/ and of rotations whose log is there") {
  const struct {
    std::vector<std::string> files;
    std::string name;
    bool is_old;
  } rows[] = {
      {{}, "old/worker-a-01000000-1.out", true},
      {{"a.log"}, "a.log", false},
      {{"a.log", "a.log.1"}, "a.log.1", true},
      {{"a.log", "a.1.log"}, "a.1.log", true},  // spdlog's
      {{"a.log.1"}, "a.log.1", false},
      {{"a.log", "a.log.1", "a.log.2"}, "a.log.2", true},
      {{"a.log", "a.1.log", "a.2.log"}, "a.2.log", true},
      {{"a.log", "a.log.2"}, "a.log.2", false},
      {{"name", "name.1234"}, "name.1234", false},    // a pid
      {{"model.v1.2.log"}, "model.v1.2.log", false},  // a version
      {{"a.log", "a.log.0"}, "a.log.0", false},
      {{"serve/a.log", "serve/a.log.1"}, "serve/a.log.1", true},
      {{}, "old/.nfs00000000001c8d0600000001", false},  // somebody has it open
  };
  char name[] = "/tmp/log_sweeper_test.XXXXXX";
  const std::filesystem::path top = mkdtemp(name);
  int count = 0;
  for (const auto& row : rows) {
    INFO(row.name);
    const auto root = top / std::to_string(count++);
    for (const std::string& file : row.files) {
      std::filesystem::create_directories((root / file).parent_path());
      std::ofstream(root / file) << "x";
    }
    CHECK(IsOldLog(root, row.name) == row.is_old);
  }
  std::filesystem::remove_all(top);
}

}  // namespace
}  // namespace ray_init_agent
