#include "kubectl-ray/ray/agent_metrics.h"

#include <cmath>
#include <span>

namespace kubectl_ray {
namespace {

using shared::PrometheusSample;

constexpr const char* kCpuPercent = "ray_node_cpu_utilization";
constexpr const char* kCpuCount = "ray_node_cpu_count";
constexpr const char* kMemoryUsed = "ray_node_mem_used";
constexpr const char* kMemoryTotal = "ray_node_mem_total";
constexpr const char* kCgroupUsed = "ray_node_cgroup_mem_used";
constexpr const char* kCgroupTotal = "ray_node_cgroup_mem_total";
constexpr const char* kStoreUsed = "ray_object_store_used_memory";
constexpr const char* kStoreAvailable = "ray_object_store_available_memory";
constexpr const char* kGpuPercent = "ray_node_gpus_utilization";
constexpr const char* kGpuUsed = "ray_node_gram_used";  // in megabytes, whatever its help says
constexpr const char* kGpuAvailable = "ray_node_gram_available";
constexpr const char* kResources = "ray_resources";
constexpr const char* kSpillManager = "ray_spill_manager_objects_bytes";

// Those that stand for themselves.
constexpr const char* kPlain[] = {kCpuPercent, kCpuCount,    kMemoryUsed, kMemoryTotal,
                                  kCgroupUsed, kCgroupTotal, kStoreUsed,  kStoreAvailable};
constexpr const char* kLabelled[] = {kGpuPercent, kGpuUsed, kGpuAvailable, kResources, kSpillManager};

constexpr const char* kShared[] = {"CPU", "memory", "GPU"};  // the resources that are read

constexpr double kMaxNumber = 1e18, kMegabyte = 1048576;
constexpr std::size_t kMaxText = 256, kMaxGpus = 256;

bool IsOf(std::span<const char* const> names, std::string_view name) {
  for (const char* candidate : names)
    if (name == candidate) return true;
  return false;
}

bool IsWanted(std::string_view name) {
  return name.starts_with("ray_") && (IsOf(kPlain, name) || IsOf(kLabelled, name));
}

std::string Bounded(std::string_view text) { return std::string(text.substr(0, kMaxText)); }

std::optional<double> Sum(const std::optional<double>& a, const std::optional<double>& b) {
  return a && b ? std::optional(*a + *b) : std::nullopt;
}

}  // namespace

AgentMetrics::AgentMetrics() : reader_(IsWanted, [this](const PrometheusSample& sample) { Add(sample); }) {}

AgentMetrics::Gpu* AgentMetrics::GpuOf(const PrometheusSample& sample) {
  const std::string index = Bounded(sample.Label("GpuIndex"));
  const std::string key = index + "/" + Bounded(sample.Label("GpuUuid"));
  if (gpus_.size() >= kMaxGpus && !gpus_.contains(key)) return nullptr;
  Gpu& gpu = gpus_[key];
  gpu.index = index;
  gpu.name = Bounded(sample.Label("GpuDeviceName"));
  return &gpu;
}

void AgentMetrics::Add(const PrometheusSample& sample) {
  const double value = sample.value;
  if (!std::isfinite(value) || value < 0 || value > kMaxNumber) return;
  if (IsOf(kPlain, sample.name)) {
    numbers_[sample.name] = value;
    if (sample.name == kMemoryUsed) address_ = Bounded(sample.Label("ip"));
  } else if (sample.name == kResources) {
    has_resources_ = true;
    const std::string_view name = sample.Label("Name");
    if (!IsOf(kShared, name)) return;
    Share& share = shares_[std::string(name)];
    if (sample.Label("State") == "USED") share.used = value;
    if (sample.Label("State") == "AVAILABLE") share.available = value;
  } else if (sample.name == kSpillManager) {
    if (sample.Label("State") == "Spilled") spilled_ = value;
  } else if (Gpu* gpu = GpuOf(sample)) {
    if (sample.name == kGpuPercent) gpu->utilization = value;
    if (sample.name == kGpuUsed) gpu->used = value * kMegabyte;
    if (sample.name == kGpuAvailable) gpu->available = value * kMegabyte;
  }
}

std::optional<NodeSample> AgentMetrics::Sample() const {
  const auto number = [this](const char* name) -> std::optional<double> {
    const auto found = numbers_.find(name);
    return found == numbers_.end() ? std::nullopt : std::optional(found->second);
  };
  NodeSample sample;
  const bool own = number(kCgroupUsed).has_value();
  sample.memory_used = number(own ? kCgroupUsed : kMemoryUsed);
  sample.memory_total = number(own ? kCgroupTotal : kMemoryTotal);
  if (!sample.memory_used) return std::nullopt;
  sample.address = address_;
  if (const auto percent = number(kCpuPercent), count = number(kCpuCount); percent && count.value_or(0) > 0)
    sample.cpu_used = *percent * *count / 100;
  sample.store_used = number(kStoreUsed);
  sample.store_total = Sum(sample.store_used, number(kStoreAvailable));
  sample.spilled = spilled_;
  for (const auto& [key, gpu] : gpus_) {
    if (!sample.gpus) sample.gpus.emplace();
    sample.gpus->push_back({gpu.index, gpu.name, gpu.utilization, gpu.used, Sum(gpu.used, gpu.available)});
  }
  for (const auto& [name, share] :
       {std::pair("CPU", &sample.cpu), std::pair("memory", &sample.memory), std::pair("GPU", &sample.gpu)}) {
    const auto found = shares_.find(name);
    if (found != shares_.end())
      *share = {found->second.used, Sum(found->second.used, found->second.available)};
    else if (has_resources_)  // a resource that the node does not have is not in it
      *share = {0, 0};
  }
  return sample;
}

}  // namespace kubectl_ray
