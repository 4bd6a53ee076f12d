#include "kubectl-ray/ray/node_samples.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "kubectl-ray/ray/autoscaler_report.h"
#include "kubectl-ray/ray/resource_shape.h"
#include "shared/json.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;

constexpr std::size_t kMaxText = 256, kMaxUsage = 65536;
constexpr double kMaxNumber = 1e18;
constexpr double kMegabyte = 1048576;  // what the drivers of GPUs call so

// The members that are read, wherever they are. Those of nodeLogicalResources are ids of nodes.
bool IsRead(int depth, const std::string& name, bool* in_usage) {
  static const std::set<std::string, std::less<>> kRead = {"data",
                                                           "summary",
                                                           "now",
                                                           "cpu",
                                                           "cpus",
                                                           "mem",
                                                           "cgroupMem",
                                                           "gpus",
                                                           "index",
                                                           "name",
                                                           "utilizationGpu",
                                                           "memoryUsed",
                                                           "memoryTotal",
                                                           "raylet",
                                                           "state",
                                                           "nodeId",
                                                           "nodeManagerAddress",
                                                           "instanceId",
                                                           "storeStats",
                                                           "objectStoreBytesUsed",
                                                           "objectStoreBytesAvail",
                                                           "spilledBytesTotal",
                                                           "resourcesTotal",
                                                           "CPU",
                                                           "GPU",
                                                           "memory",
                                                           "nodeLogicalResources"};
  constexpr int kDataMember = 2;
  if (depth <= kDataMember) *in_usage = depth == kDataMember && name == "nodeLogicalResources";
  return (*in_usage && depth > kDataMember) || kRead.contains(name);
}

std::string TextAt(const Json& value, std::initializer_list<std::string_view> path) {
  return shared::StringAt(value, path).substr(0, kMaxText);
}

std::optional<double> NumberOf(const Json& value) {
  double number = -1;
  if (value.is_number()) {
    number = value.get<double>();
  } else if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  }
  if (!std::isfinite(number) || number < 0 || number > kMaxNumber) return std::nullopt;
  return number;
}

std::optional<double> NumberAt(const Json& value, std::initializer_list<std::string_view> path) {
  return NumberOf(At(value, path));
}

std::optional<double> Item(const Json& array, std::size_t index) {
  return array.is_array() && array.size() > index ? NumberOf(array[index]) : std::nullopt;
}

// Ray divides the cgroup's time by as many CPUs as it counts in the container. It counts none if the limit is
// below one CPU, and its percentage then is no measurement.
std::optional<double> CpuUsed(const Json& node) {
  const std::optional<double> percent = NumberAt(node, {"cpu"});
  const std::optional<double> count = Item(At(node, {"cpus"}), 0);
  if (!percent || !count || *count == 0) return std::nullopt;
  return *percent * *count / 100;
}

void ReadMemory(const Json& node, NodeSample* sample) {
  if (const Json& own = At(node, {"cgroupMem"}); Item(own, 0)) {  // used, total
    sample->memory_used = Item(own, 0);
    sample->memory_total = Item(own, 1);
    return;
  }
  const Json& memory = At(node, {"mem"});  // total, available, percent, used
  sample->memory_used = Item(memory, 3);
  sample->memory_total = Item(memory, 0);
}

std::optional<double> Megabytes(const Json& gpu, const char* name) {
  const std::optional<double> number = NumberAt(gpu, {name});
  return number ? std::optional(*number * kMegabyte) : std::nullopt;
}

std::optional<std::vector<GpuSample>> ReadGpus(const Json& gpus) {
  if (!gpus.is_array()) return std::nullopt;
  std::vector<GpuSample> samples;
  for (const Json& gpu : gpus) {
    if (!gpu.is_object()) continue;
    const std::optional<double> index = NumberAt(gpu, {"index"});
    samples.push_back({index ? FormatAmount(*index) : "", TextAt(gpu, {"name"}),
                       NumberAt(gpu, {"utilizationGpu"}), Megabytes(gpu, "memoryUsed"),
                       Megabytes(gpu, "memoryTotal")});
  }
  return samples;
}

// protobuf leaves out what is 0.
void ReadStore(const Json& raylet, NodeSample* sample) {
  const Json& store = At(raylet, {"storeStats"});
  if (!store.is_object()) return;
  auto number = [&](const char* name) { return store.contains(name) ? NumberAt(store, {name}) : 0; };
  sample->store_used = number("objectStoreBytesUsed");
  sample->store_total = number("objectStoreBytesAvail");  // its name is wrong: object_manager.cc
  sample->spilled = number("spilledBytesTotal");
}

// Lines as in a report's usage: "1.0/2.0 CPU\n0B/2.00GiB memory".
std::map<std::string, ReportedUsage> ReadUsageLines(std::string text) {
  text.resize(std::min(text.size(), kMaxUsage));
  for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos; ++at) text.insert(at + 1, " ");
  return ReadAutoscalerReport("Usage:\n " + text).usage;
}

void ReadShares(const Json& raylet, const std::string& usage, NodeSample* sample) {
  const auto reported = ReadUsageLines(usage);
  const bool known = !reported.empty();
  for (const auto& [name, share] : {std::pair("CPU", &sample->cpu), std::pair("memory", &sample->memory),
                                    std::pair("GPU", &sample->gpu)}) {
    const Json& total = At(raylet, {"resourcesTotal"});
    // A resource that the node does not have is in neither.
    if (total.is_object() && !total.empty())
      share->capacity = total.contains(name) ? NumberAt(total, {name}) : 0;
    const auto used = reported.find(name);
    if (known) share->allocated = used == reported.end() ? 0 : used->second.used;
    if (!share->capacity && used != reported.end()) share->capacity = used->second.total;
  }
}

NodeSample ReadNode(const Json& node, const Json& usage) {
  const Json& raylet = At(node, {"raylet"});
  NodeSample sample;
  sample.id = TextAt(raylet, {"nodeId"});
  sample.address = TextAt(raylet, {"nodeManagerAddress"});
  sample.instance = TextAt(raylet, {"instanceId"});
  sample.time = NumberAt(node, {"now"});
  sample.cpu_used = CpuUsed(node);
  ReadMemory(node, &sample);
  sample.gpus = ReadGpus(At(node, {"gpus"}));
  ReadStore(raylet, &sample);
  // The autoscaler v1 goes by addresses, v2 by ids.
  const std::string by_id = shared::StringAt(usage, {sample.id});
  ReadShares(raylet, by_id.empty() ? shared::StringAt(usage, {sample.address}) : by_id, &sample);
  return sample;
}

}  // namespace

shared::Result<std::vector<NodeSample>> ReadNodeSamples(std::string_view answer) {
  bool in_usage = false;
  ASSIGN_OR_RETURN(const Json value, shared::ParseJson(answer, [&](int depth, const std::string& name) {
                     return IsRead(depth, name, &in_usage);
                   }));
  std::vector<NodeSample> samples;
  const Json& nodes = At(value, {"data", "summary"});
  if (!nodes.is_array()) return samples;
  const Json& usage = At(value, {"data", "nodeLogicalResources"});
  for (const Json& node : nodes)
    if (shared::StringAt(node, {"raylet", "state"}) == "ALIVE") samples.push_back(ReadNode(node, usage));
  return samples;
}

}  // namespace kubectl_ray
