#include "ray-init-agent/unknown_user.h"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>

using namespace ray_init_agent;

namespace {

using Names = std::vector<std::string>;

Names For(const std::map<std::string, std::string>& set, std::uint32_t uid,
          const std::set<std::string>& writable) {
  constexpr const char* kPasswd =
      "root:x:0:0:root:/root:/bin/bash\n\nbroken\nx:y\nray:x:1000:100::/home/ray:/bin/bash";
  const auto environment = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = set.find(name);
    if (found == set.end()) return std::nullopt;
    return found->second;
  };
  return VariablesForUser(environment, uid, kPasswd,
                          [&](const std::string& path) { return writable.contains(path); });
}

}  // namespace

TEST_CASE("a user whom the image knows lacks nothing") {
  CHECK(For({{"HOME", "/home/ray"}}, 1000, {"/home/ray", "/tmp"}).empty());
  CHECK(For({{"HOME", "/root"}}, 0, {"/root", "/tmp"}).empty());
}

TEST_CASE("a home that cannot be written to is replaced, and what it has is still found") {
  CHECK(For({{"HOME", "/home/ray"}}, 1000, {"/tmp"}) ==
        Names{"HOME=/tmp", "PYTHONUSERBASE=/home/ray/.local"});
  CHECK(For({{"HOME", "/"}, {"PYTHONUSERBASE", "/own"}}, 1000, {"/tmp"}) == Names{"HOME=/tmp"});
  CHECK(For({{"HOME", "/"}}, 1000, {"/tmp"}) == Names{"HOME=/tmp", "PYTHONUSERBASE=/.local"});
  CHECK(For({}, 1000, {"/tmp"}) == Names{"HOME=/tmp"});
  CHECK(For({{"HOME", "/home/ray"}}, 1000, {}).empty());  // a read-only pod
}

TEST_CASE("a user without a name gets one, unless the environment has it") {
  for (const std::uint32_t unknown : {1000770000u, 100u, 4294967295u})
    CHECK(For({{"HOME", "/h"}}, unknown, {"/h", "/tmp"}) == Names{"USER=ray"});
  CHECK(For({{"HOME", "/h"}, {"USER", "x"}}, 5, {"/h", "/tmp"}).empty());
  CHECK(For({{"HOME", "/h"}, {"LOGNAME", "x"}}, 5, {"/h", "/tmp"}).empty());
}
