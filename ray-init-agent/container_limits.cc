#include "ray-init-agent/container_limits.h"

#include <charconv>
#include <optional>
#include <vector>

#include "ray-init-agent/files.h"

namespace ray_init_agent {
namespace {

// v1's word for no limit is the largest multiple of a page; nothing real comes near.
constexpr std::int64_t kNoMemoryLimit = std::int64_t{1} << 60;

std::optional<std::int64_t> Integer(std::string_view text) {
  std::int64_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc() || number < 0)
    return std::nullopt;
  return number;
}

std::optional<std::int64_t> IntegerIn(const std::string& path) {
  const auto text = ReadSmallFile(path, 4096);
  return text ? Integer(*text) : std::nullopt;
}

std::optional<std::int64_t> Cpus(std::optional<std::int64_t> quota, std::optional<std::int64_t> period) {
  if (!quota || !period || *period == 0 || *quota == 0) return std::nullopt;
  return (*quota + *period - 1) / *period;
}

// The group's path in one line of /proc/self/cgroup: `0::/kubepods/pod1/abc` (v2) or `4:memory:/…` (v1).
std::string GroupPath(const std::string& self, std::string_view controller) {
  const auto text = ReadSmallFile(self, 65536);
  if (!text) return "";
  for (std::size_t begin = 0; begin < text->size();) {
    const std::size_t end = std::min(text->find('\n', begin), text->size());
    const std::string_view line = std::string_view(*text).substr(begin, end - begin);
    begin = end + 1;
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string controllers = "," + std::string(line.substr(first + 1, second - first - 1)) + ",";
    const bool found = controller.empty()
                           ? controllers == ",,"
                           : controllers.find("," + std::string(controller) + ",") != std::string::npos;
    if (found && line.substr(second + 1) != "/") return std::string(line.substr(second + 1));
  }
  return "";
}

// The first of the places a controller's file may be in: the group's own path where the whole tree is
// mounted, else the root of the mount, which is the group itself in a container.
template <typename Read>
auto FirstOf(const std::vector<std::string>& directories, Read read) -> decltype(read(directories[0])) {
  for (const std::string& directory : directories)
    if (auto value = read(directory)) return value;
  return std::nullopt;
}

std::optional<std::int64_t> CpuMax(const std::string& directory) {
  const auto text = ReadSmallFile(directory + "/cpu.max", 4096);
  if (!text) return std::nullopt;
  const std::size_t space = text->find(' ');
  if (space == std::string::npos) return std::nullopt;
  return Cpus(Integer(std::string_view(*text).substr(0, space)),
              Integer(std::string_view(*text).substr(space + 1)));
}

std::optional<std::int64_t> CfsQuota(const std::string& directory) {
  return Cpus(IntegerIn(directory + "/cpu.cfs_quota_us"), IntegerIn(directory + "/cpu.cfs_period_us"));
}

}  // namespace

shared::RayContainerLimits ReadCgroupLimits(const std::string& root, const std::string& self) {
  const std::string group = GroupPath(self, ""), cpu = GroupPath(self, "cpu"),
                    memory = GroupPath(self, "memory");
  shared::RayContainerLimits limits;
  limits.cpus = FirstOf({root + group, root}, CpuMax);
  if (!limits.cpus)
    limits.cpus = FirstOf({root + "/cpu" + cpu, root + "/cpu", root + "/cpu,cpuacct"}, CfsQuota);
  limits.memory_bytes =
      FirstOf({root + group, root}, [](const std::string& path) { return IntegerIn(path + "/memory.max"); });
  if (!limits.memory_bytes)
    limits.memory_bytes = FirstOf({root + "/memory" + memory, root + "/memory"}, [](const std::string& path) {
      return IntegerIn(path + "/memory.limit_in_bytes");
    });
  if (limits.memory_bytes && *limits.memory_bytes >= kNoMemoryLimit) limits.memory_bytes.reset();
  return limits;
}

shared::RayContainerLimits ContainerLimits(const Options& options, const std::string& root,
                                           const std::string& self) {
  shared::RayContainerLimits limits = ReadCgroupLimits(root, self);
  if (options.Given("cpu-limit")) limits.cpus = options.Integer("cpu-limit");
  if (options.Given("memory-limit")) limits.memory_bytes = options.Integer("memory-limit");
  if (options.Given("gpu-limit")) limits.gpus = options.Integer("gpu-limit");
  return limits;
}

}  // namespace ray_init_agent
