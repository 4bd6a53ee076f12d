#include "ray-init-agent/cgroup.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "ray-init-agent/files.h"
#include "shared/split.h"

namespace ray_init_agent {
namespace {

using shared::Split;

bool Lists(std::string_view list, std::string_view item) {
  const auto items = Split(list, ',');
  return std::find(items.begin(), items.end(), item) != items.end();
}

// mountinfo writes a space, tab, newline or backslash as \040 and so on.
std::string Unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '\\' && i + 3 < text.size() &&
        std::from_chars(&text[i] + 1, &text[i] + 4, value, 8).ptr == &text[i] + 4) {
      plain += static_cast<char>(value);
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// Returns the group's path from `0::/kubepods/pod1/abc` (v2, controller "") or `4:cpu,cpuacct:/…` (v1).
std::string GroupPath(std::string_view self, std::string_view controller) {
  for (std::string_view line : Split(self, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    if (Lists(line.substr(first + 1, second - first - 1), controller))
      return std::string(line.substr(second + 1));
  }
  return "/";
}

struct Mount {
  std::string root;   // the group that is mounted
  std::string point;  // the directory at which it is mounted
};

// `36 35 0:30 ROOT POINT options optional... - TYPE source SUPER_OPTIONS`; the last mount hides those before.
Mount FindMount(std::string_view mountinfo, std::string_view controller) {
  Mount mount;
  for (std::string_view line : Split(mountinfo, '\n')) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    const auto fields = Split(line.substr(0, dash), ' ');
    const auto after = Split(line.substr(dash + 3), ' ');
    if (fields.size() < 6 || after.size() < 3) continue;
    const bool found =
        controller.empty() ? after[0] == "cgroup2" : after[0] == "cgroup" && Lists(after[2], controller);
    if (found) mount = {Unescape(fields[3]), Unescape(fields[4])};
  }
  return mount;
}

std::string DirectoryOf(std::string_view self, std::string_view mountinfo, std::string_view controller) {
  const Mount mount = FindMount(mountinfo, controller);
  std::string group = GroupPath(self, controller);
  if (mount.root != "/") {
    const bool reaches = group == mount.root || group.starts_with(mount.root + "/");
    group = reaches ? group.substr(mount.root.size()) : "";
  }
  if (mount.point.empty() || group.empty() || group == "/" || group.find("..") != std::string::npos)
    return mount.point;
  const std::string directory = mount.point + group;
  return access(directory.c_str(), F_OK) == 0 ? directory : mount.point;
}

}  // namespace

Cgroups FindCgroups(const std::string& self, const std::string& mountinfo) {
  const std::string groups = ReadSmallFile(self).value_or("");
  const std::string mounts = ReadSmallFile(mountinfo, 16u << 20).value_or("");
  return {DirectoryOf(groups, mounts, ""), DirectoryOf(groups, mounts, "cpu"),
          DirectoryOf(groups, mounts, "memory")};
}

}  // namespace ray_init_agent
