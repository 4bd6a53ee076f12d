#include "kubectl-ray/ray/node_samples.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

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

// What is read of a node.
shared::JsonFields FieldsOfNode() {
  return shared::JsonFields::Only({"now",
                                   "cpu",
                                   "cpus",
                                   "mem",
                                   "cgroupMem",
                                   "gpus.index",
                                   "gpus.name",
                                   "gpus.utilizationGpu",
                                   "gpus.memoryUsed",
                                   "gpus.memoryTotal",
                                   "raylet.state",
                                   "raylet.nodeId",
                                   "raylet.nodeManagerAddress",
                                   "raylet.instanceId",
                                   "raylet.storeStats.objectStoreBytesUsed",
                                   "raylet.storeStats.objectStoreBytesAvail",
                                   "raylet.storeStats.spilledBytesTotal",
                                   "raylet.resourcesTotal.CPU",
                                   "raylet.resourcesTotal.memory",
                                   "raylet.resourcesTotal.GPU"});
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
  for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos; ++at) text.insert(at + 1, 1, ' ');
  return ReadAutoscalerReport("Usage:\n " + text).usage;
}

constexpr const char* kShared[] = {"CPU", "memory", "GPU"};

RayShare* ShareOf(std::string_view resource, NodeSample* sample) {
  return resource == "CPU" ? &sample->cpu : resource == "memory" ? &sample->memory : &sample->gpu;
}

// A resource that the node does not have is neither here nor in its usage.
void ReadCapacities(const Json& total, NodeSample* sample) {
  if (!total.is_object() || total.empty()) return;
  for (const char* name : kShared)
    ShareOf(name, sample)->capacity = total.contains(name) ? NumberAt(total, {name}) : 0;
}

void ReadAllocations(const std::string& usage, NodeSample* sample) {
  const auto reported = ReadUsageLines(usage);
  if (reported.empty()) return;
  for (const char* name : kShared) {
    RayShare& share = *ShareOf(name, sample);
    const auto used = reported.find(name);
    share.allocated = used == reported.end() ? 0 : used->second.used;
    if (!share.capacity && used != reported.end()) share.capacity = used->second.total;
  }
}

NodeSample ReadNode(const Json& node) {
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
  ReadCapacities(At(raylet, {"resourcesTotal"}), &sample);
  return sample;
}

}  // namespace

NodeSampleReader::NodeSampleReader()
    : nodes_({.path = "data.summary", .fields = FieldsOfNode()}, [this](const Json& node) {
        if (shared::StringAt(node, {"raylet", "state"}) == "ALIVE") samples_.push_back(ReadNode(node));
        return true;
      }) {}

shared::Result<std::vector<NodeSample>> NodeSampleReader::Finish() {
  ASSIGN_OR_RETURN(const Json rest, nodes_.Finish());
  const Json& usage = At(rest, {"data", "nodeLogicalResources"});
  for (NodeSample& sample : samples_) {
    // The autoscaler v1 goes by addresses, v2 by ids.
    const std::string by_id = shared::StringAt(usage, {sample.id});
    ReadAllocations(by_id.empty() ? shared::StringAt(usage, {sample.address}) : by_id, &sample);
  }
  return std::move(samples_);
}

shared::Result<std::vector<NodeSample>> ReadNodeSamples(std::string_view answer) {
  NodeSampleReader reader;
  reader.Feed(answer);
  return reader.Finish();
}

}  // namespace kubectl_ray
