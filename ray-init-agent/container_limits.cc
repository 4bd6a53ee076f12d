#include "ray-init-agent/container_limits.h"

#include <charconv>
#include <optional>

#include "ray-init-agent/files.h"

namespace ray_init_agent {
namespace {

// v1's value for no limit is the largest multiple of a page; nothing real comes near it.
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

shared::RayContainerLimits ReadCgroupLimits(const Cgroups& cgroups) {
  shared::RayContainerLimits limits;
  limits.cpus = CpuMax(cgroups.v2);
  if (!limits.cpus) limits.cpus = CfsQuota(cgroups.cpu);
  limits.memory_bytes = IntegerIn(cgroups.v2 + "/memory.max");
  if (!limits.memory_bytes) limits.memory_bytes = IntegerIn(cgroups.memory + "/memory.limit_in_bytes");
  if (limits.memory_bytes && *limits.memory_bytes >= kNoMemoryLimit) limits.memory_bytes.reset();
  return limits;
}

shared::RayContainerLimits ContainerLimits(const Options& options, const Cgroups& cgroups) {
  shared::RayContainerLimits limits = ReadCgroupLimits(cgroups);
  if (options.Given("cpu-limit")) limits.cpus = options.Integer("cpu-limit");
  // The downward API's value for no request is 0.
  if (const std::int64_t request = options.Integer("cpu-request"); !limits.cpus && request > 0)
    limits.cpus = request;
  if (options.Given("memory-limit")) limits.memory_bytes = options.Integer("memory-limit");
  if (options.Given("gpu-limit")) limits.gpus = options.Integer("gpu-limit");
  return limits;
}

}  // namespace ray_init_agent
