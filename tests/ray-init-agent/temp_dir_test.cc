#include "ray-init-agent/temp_dir.h"

#include <catch2/catch_test_macros.hpp>
#include <map>

using namespace ray_init_agent;

// get_user_temp_dir() of Ray 2.9.3 to 2.54.1, get_default_ray_temp_dir() of 2.60: what is set counts, empty
// or not.
TEST_CASE("OwnTempDir is Ray's default unless temp-dir is given") {
  const struct {
    std::string_view option;
    std::map<std::string, std::string> environment;
    std::string_view temp_dir;
  } rows[] = {
      {"", {}, "/tmp/ray"},
      {"", {{"TMPDIR", "/scratch"}}, "/scratch/ray"},
      {"", {{"TMPDIR", "/scratch/"}}, "/scratch/ray"},
      {"", {{"TMPDIR", "/scratch"}, {"RAY_TMPDIR", "/r"}}, "/r/ray"},
      {"", {{"TMPDIR", ""}}, "ray"},
      {"/x", {{"TMPDIR", "/scratch"}, {"RAY_TMPDIR", "/r"}}, "/x"},
  };
  for (const auto& row : rows) {
    const auto environment = [&](const std::string& name) -> std::optional<std::string> {
      const auto found = row.environment.find(name);
      if (found == row.environment.end()) return std::nullopt;
      return found->second;
    };
    CHECK(OwnTempDir(std::string(row.option), environment) == row.temp_dir);
  }
}

// Run with 2.40, 2.52 and 2.60: up to 2.54 Ray ignores a worker's own temp-dir.
TEST_CASE("a worker's Ray takes the head's temp dir") {
  const auto worker = shared::RayNodeType::kWorker, head = shared::RayNodeType::kHead;
  const struct {
    shared::RayNodeType node_type;
    bool has_option;
    std::string_view version;
    bool takes_heads;
  } rows[] = {
      {head, false, "2.52.0", false},  {head, true, "2.60.0", false},  {worker, false, "2.9.3", true},
      {worker, false, "2.60.0", true}, {worker, true, "2.54.1", true}, {worker, true, "2.55.0", false},
      {worker, true, "", false},       {worker, false, "", true},
  };
  for (const auto& row : rows)
    CHECK(TakesHeadTempDir(row.node_type, row.has_option, shared::ParseRayRelease(row.version)) ==
          row.takes_heads);
}
