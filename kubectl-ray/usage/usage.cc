#include "kubectl-ray/usage/usage.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "kubectl-ray/kinds/container_resources.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/pods/ray_container.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "kubectl-ray/ray/resource_shape.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::StringAt;

using Number = std::optional<double>;

// A container is seldom and shortly over its quota of CPU time, and never over its limit of memory; Ray
// rounds.
constexpr double kMostOfLimit = 1.1;
constexpr double kCpuRounding = 0.1;
constexpr std::int64_t kThousand = 1000;

double ToDouble(const Quantity& quantity) {
  return static_cast<double>((quantity * kThousand).value()) / static_cast<double>(kThousand);
}

Number LimitOf(const Json& container, const char* name) {
  const Quantity limit = ResourceOf(container, "limits", name);
  return limit.is_zero() ? std::nullopt : Number(static_cast<double>(limit.value()));
}

Number CpuLimitOf(const Json& container) {
  const Quantity limit = ResourceOf(container, "limits", "cpu");
  return limit.is_zero() ? std::nullopt : Number(ToDouble(limit));
}

bool IsAbove(const Number& value, const Number& limit, double rounding = 0) {
  return value && limit && *value > *limit * kMostOfLimit + rounding;
}

// Devices that the container did not ask for, and Ray does not have either, are the host's; which of them are
// its own is not known.
void AddGpus(const NodeSample& sample, Usage* row) {
  row->gpu.ray = sample.gpu;
  if (!sample.gpus) return;
  const double entitled = std::max(row->gpu.limit.value_or(0), sample.gpu.capacity.value_or(0));
  const bool more = static_cast<double>(sample.gpus->size()) > entitled;
  row->gpu.is_hosts = more && entitled > 0;
  if (more) return;
  row->gpus = *sample.gpus;
  auto add = [](const Number& value, double per, Number* sum) {
    if (value) *sum = sum->value_or(0) + *value / per;
  };
  constexpr double kPercent = 100;
  for (const GpuSample& gpu : row->gpus) {
    add(gpu.utilization, kPercent, &row->gpu.used);
    add(gpu.memory_used, 1, &row->gpu_memory_used);
    add(gpu.memory_total, 1, &row->gpu_memory_total);
  }
}

void AddSample(const NodeSample& sample, double now, Usage* row) {
  row->is_node = true;
  row->node_id = sample.id;
  row->address = sample.address;
  row->sampled = sample.has_reported() ? 1 : 0;
  row->why_unknown = sample.has_reported() ? "" : "Ray's agent has not reported yet";
  if (sample.time) row->age = std::max(0.0, now - *sample.time);
  row->cpu.ray = sample.cpu;
  row->cpu.is_hosts = IsAbove(sample.cpu_used, row->cpu.limit, kCpuRounding);
  if (!row->cpu.is_hosts) row->cpu.used = sample.cpu_used;
  row->memory.ray = sample.memory;
  row->memory.is_hosts =
      IsAbove(sample.memory_total, row->memory.limit) || IsAbove(sample.memory_used, row->memory.limit);
  if (!row->memory.is_hosts) row->memory.used = sample.memory_used;
  AddGpus(sample, row);
  row->store_used = sample.store_used;
  row->store_total = sample.store_total;
  row->spilled = sample.spilled;
}

Usage RowOfPod(const LimitedPod& pod) {
  Usage row;
  row.ns = pod.ns;
  row.cluster = pod.cluster;
  row.name = pod.name;
  row.is_pod = true;
  row.is_node = false;
  row.head = pod.head;
  row.group = pod.group;
  row.node = pod.node;
  row.address = pod.address;
  row.why_unknown = pod.not_ready.empty() ? "Ray has no node of it" : pod.not_ready;
  row.nodes = 1;
  row.cpu.limit = pod.cpu;
  row.memory.limit = pod.memory;
  row.gpu.limit = pod.gpus;
  return row;
}

bool IsNewer(const NodeSample& sample, const NodeSample* than) {
  return than == nullptr || sample.time.value_or(0) > than->time.value_or(0);
}

void Add(const Number& value, Number* sum) {
  if (value) *sum = sum->value_or(0) + *value;
}

void AddResource(const ResourceUsage& part, bool first, ResourceUsage* sum) {
  Add(part.used, &sum->used);
  Add(part.ray.allocated, &sum->ray.allocated);
  Add(part.ray.capacity, &sum->ray.capacity);
  sum->is_hosts = sum->is_hosts || part.is_hosts;
  if (first)
    sum->limit = part.limit;
  else
    sum->limit = sum->limit && part.limit ? Number(*sum->limit + *part.limit) : std::nullopt;
}

struct Order {
  const char* name;
  Number (*value)(const Usage& row);
};

constexpr Order kOrders[] = {
    {"name", nullptr},
    {"cpu", [](const Usage& row) { return row.cpu.used; }},
    {"memory", [](const Usage& row) { return row.memory.used; }},
    {"gpu", [](const Usage& row) { return row.gpu.used; }},
    {"gpu-memory", [](const Usage& row) { return row.gpu_memory_used; }},
    {"object-store", [](const Usage& row) { return row.store_used; }},
    {"spilled", [](const Usage& row) { return row.spilled; }},
    {"age", [](const Usage& row) { return row.age; }},
};

const char* CommandOf(UsageOf what) {
  return what == UsageOf::kClusterSums ? "top cluster" : what == UsageOf::kRayNodes ? "top node" : "top pod";
}

bool ByName(const Usage& a, const Usage& b) {
  return std::tie(a.ns, a.cluster, b.head, a.name) < std::tie(b.ns, b.cluster, a.head, b.name);
}

// Whole numbers as such: bytes.
Json ToJson(const Number& value) {
  constexpr double kExact = 9e15, kHundredths = 100;
  if (!value) return nullptr;
  const double rounded = std::round(*value * kHundredths) / kHundredths;
  if (*value < kExact && rounded == std::floor(rounded)) return static_cast<std::int64_t>(rounded);
  return rounded;
}

Json ToJson(const ResourceUsage& usage) {
  return {{"used", ToJson(usage.used)},
          {"allocated", ToJson(usage.ray.allocated)},
          {"capacity", ToJson(usage.ray.capacity)},
          {"limit", ToJson(usage.limit)}};
}

Json ToJson(const std::vector<GpuSample>& gpus) {
  Json list = Json::array();
  for (const GpuSample& gpu : gpus)
    list.push_back({{"index", gpu.index},
                    {"name", gpu.name},
                    {"utilizationPercent", ToJson(gpu.utilization)},
                    {"memoryUsed", ToJson(gpu.memory_used)},
                    {"memoryTotal", ToJson(gpu.memory_total)}});
  return list;
}

Json HostsOf(const Usage& row) {
  Json hosts = Json::array();
  for (const auto& [name, usage] :
       {std::pair("cpu", &row.cpu), std::pair("memory", &row.memory), std::pair("gpu", &row.gpu)})
    if (usage->is_hosts) hosts.push_back(name);
  return hosts;
}

using Write = std::string (*)(double);

std::string WriteAmount(double amount) { return FormatAmount(std::round(amount * 100) / 100); }

// "1.5Gi", in one word, which `sort` and `awk` take as one.
std::string WriteBytes(double bytes) {
  constexpr double kMost = 1e18;
  std::string text = shared::FormatBytes(static_cast<unsigned long long>(std::min(bytes, kMost)));
  std::erase(text, ' ');
  text.pop_back();
  return text;
}

std::string CellOf(const Json& value, Write write) {
  return value.is_number() ? write(value.get<double>()) : "";
}

std::string Or(const std::string& text, const char* otherwise) { return text.empty() ? otherwise : text; }

bool IsHosts(const Json& row, const char* resource) {
  const Json& hosts = At(row, {"measuredOfHost"});
  return hosts.is_array() && std::find(hosts.begin(), hosts.end(), resource) != hosts.end();
}

// "0.5/2"; "-" if neither is known.
std::string Pair(const std::string& part, const char* no_part, const std::string& whole,
                 const char* no_whole) {
  return part.empty() && whole.empty() && *no_part == '?' ? "-"
                                                          : Or(part, no_part) + "/" + Or(whole, no_whole);
}

// Used of the limit.
Column UsedColumn(const char* header, const char* resource, Write write) {
  return {header, [resource, write](const Json& row) {
            const Json& usage = At(row, {resource});
            return Pair(CellOf(At(usage, {"used"}), write), IsHosts(row, resource) ? "host" : "?",
                        CellOf(At(usage, {"limit"}), write), "-");
          }};
}

Column PairColumn(const char* header, const char* what, const char* part, const char* whole, Write write) {
  return {
      header, [what, part, whole, write](const Json& row) {
        return Pair(CellOf(At(row, {what, part}), write), "?", CellOf(At(row, {what, whole}), write), "?");
      }};
}

Column RayColumn(const char* header, const char* resource, Write write) {
  return PairColumn(header, resource, "allocated", "capacity", write);
}

Column TextColumn(const char* header, const char* name, bool wide = false) {
  return {header, [name](const Json& row) { return StringAt(row, {name}, "<none>"); }, wide};
}

std::string AgeCell(const Json& row) {
  const Json& age = At(row, {"ageSeconds"});
  return age.is_number() ? WriteAmount(std::floor(age.get<double>())) + "s" : "-";
}

std::string SampledCell(const Json& row) {
  return std::to_string(shared::IntAt(row, {"sampled"})) + "/" +
         std::to_string(shared::IntAt(row, {"nodes"}));
}

void AddNames(const Usage& row, Json* object) {
  const std::pair<const char*, const std::string*> texts[] = {{"group", &row.group},
                                                              {"kubernetesNode", &row.node},
                                                              {"address", &row.address},
                                                              {"nodeId", &row.node_id}};
  for (const auto& [name, text] : texts)
    if (!text->empty()) (*object)[name] = *text;
}

}  // namespace

LimitedPod ReadLimitedPod(const Json& pod) {
  const RayPod read = ReadRayPod(pod);
  const Json& container = RayContainer(pod);
  LimitedPod limited;
  limited.ns = read.ns;
  limited.cluster = StringAt(pod, {"metadata", "labels", kClusterLabel});
  limited.name = read.name;
  limited.group = read.group;
  limited.address = StringAt(pod, {"status", "podIP"});
  limited.node = StringAt(pod, {"spec", "nodeName"});
  limited.head = read.node_type == "head";
  limited.running = read.running;
  limited.metrics_port = PortParam(StartParamsOf(container), "metrics-export-port",
                                   DeclaredPort(container, "metrics", kMetricsPort));
  limited.not_ready = read.ready ? "" : read.reason;
  limited.cpu = CpuLimitOf(container);
  limited.memory = LimitOf(container, "memory");
  const Quantity gpus = GpusOf(container);
  if (!gpus.is_zero()) limited.gpus = static_cast<double>(gpus.value());
  return limited;
}

std::vector<Usage> JoinUsage(const std::vector<LimitedPod>& pods, const std::vector<NodeSample>& samples,
                             double now) {
  std::map<std::string, std::size_t> by_name, by_address;
  for (std::size_t i = 0; i < pods.size(); ++i) {
    by_name.emplace(pods[i].name, i);
    if (!pods[i].address.empty()) by_address.emplace(pods[i].address, i);
  }
  auto pod_of = [&](const NodeSample& sample) -> std::optional<std::size_t> {
    if (const auto found = by_name.find(sample.instance); found != by_name.end()) return found->second;
    const auto found = by_address.find(sample.address);
    return found == by_address.end() ? std::nullopt : std::optional(found->second);
  };
  std::vector<const NodeSample*> of_pod(pods.size(), nullptr);
  std::vector<Usage> rows;
  for (const NodeSample& sample : samples) {
    if (const auto pod = pod_of(sample); pod) {
      if (IsNewer(sample, of_pod[*pod])) of_pod[*pod] = &sample;
      continue;
    }
    Usage row;
    row.name = sample.address.empty() ? sample.id : sample.address;
    row.nodes = 1;
    if (!pods.empty()) {
      row.ns = pods.front().ns;
      row.cluster = pods.front().cluster;
    }
    AddSample(sample, now, &row);
    rows.push_back(std::move(row));
  }
  for (std::size_t i = 0; i < pods.size(); ++i) {
    rows.push_back(RowOfPod(pods[i]));
    if (of_pod[i] != nullptr) AddSample(*of_pod[i], now, &rows.back());
  }
  return rows;
}

std::vector<Usage> UnknownUsage(const std::vector<LimitedPod>& pods, const std::string& why) {
  std::vector<Usage> rows;
  for (const LimitedPod& pod : pods) {
    rows.push_back(RowOfPod(pod));
    rows.back().is_node = true;
    if (pod.not_ready.empty()) rows.back().why_unknown = why;
  }
  return rows;
}

void ExplainUnread(const std::map<std::string, std::string>& unread, std::vector<Usage>* rows) {
  for (Usage& row : *rows) {
    const auto why = unread.find(row.name);
    if (!row.is_pod || why == unread.end()) continue;
    row.is_node = true;
    row.why_unknown = why->second;
  }
}

Usage SumUsage(const std::vector<Usage>& rows) {
  Usage sum;
  Number gpu_limit;
  for (const Usage& row : rows) {
    const bool first = sum.nodes == 0;
    sum.ns = row.ns;
    sum.name = sum.cluster = row.cluster;
    sum.nodes += row.nodes;
    sum.sampled += row.sampled;
    if (row.age) sum.age = std::max(sum.age.value_or(0), *row.age);
    AddResource(row.cpu, first, &sum.cpu);
    AddResource(row.memory, first, &sum.memory);
    AddResource(row.gpu, first, &sum.gpu);
    Add(row.gpu.limit, &gpu_limit);  // most pods of a cluster have none
    Add(row.gpu_memory_used, &sum.gpu_memory_used);
    Add(row.gpu_memory_total, &sum.gpu_memory_total);
    Add(row.store_used, &sum.store_used);
    Add(row.store_total, &sum.store_total);
    Add(row.spilled, &sum.spilled);
  }
  sum.gpu.limit = gpu_limit;
  return sum;
}

std::vector<Usage> RowsOf(UsageOf what, std::vector<Usage> rows) {
  if (what == UsageOf::kClusterSums) return {SumUsage(rows)};
  std::erase_if(rows,
                [what](const Usage& row) { return !(what == UsageOf::kRayPods ? row.is_pod : row.is_node); });
  return rows;
}

std::vector<std::string> UsageOrders() {
  std::vector<std::string> names;
  for (const Order& order : kOrders) names.emplace_back(order.name);
  return names;
}

shared::Status SortUsage(const std::string& order, UsageOf what, std::vector<Usage>* rows) {
  std::stable_sort(rows->begin(), rows->end(), ByName);
  if (order.empty()) return shared::Ok();
  const auto known = std::find_if(std::begin(kOrders), std::end(kOrders),
                                  [&](const Order& candidate) { return order == candidate.name; });
  if (known == std::end(kOrders)) {
    std::string hint = shared::DidYouMean(order, UsageOrders());
    if (hint.empty())
      hint = "`kubectl ray help " + std::string(CommandOf(what)) + "` lists what it sorts by.";
    return Fail(ErrorCode::kUsage, "cannot sort by \"" + shared::EscapeControl(order.substr(0, 80)) + "\"",
                hint);
  }
  if (known->value != nullptr)
    std::stable_sort(rows->begin(), rows->end(), [&](const Usage& a, const Usage& b) {
      return known->value(a).value_or(-1) > known->value(b).value_or(-1);
    });
  return shared::Ok();
}

Json UsageToJson(const Usage& row, UsageOf what) {
  Json object = {{"name", row.name}, {"namespace", row.ns}, {"cluster", row.cluster}};
  if (what == UsageOf::kClusterSums) {
    object["nodes"] = row.nodes;
    object["sampled"] = row.sampled;
  } else {
    object["isPod"] = row.is_pod;
    AddNames(row, &object);
  }
  object["ageSeconds"] = ToJson(row.age);
  object["cpu"] = ToJson(row.cpu);
  object["memory"] = ToJson(row.memory);
  object["gpu"] = ToJson(row.gpu);
  object["gpuMemory"] = {{"used", ToJson(row.gpu_memory_used)}, {"total", ToJson(row.gpu_memory_total)}};
  object["objectStore"] = {{"used", ToJson(row.store_used)}, {"total", ToJson(row.store_total)}};
  object["spilled"] = ToJson(row.spilled);
  if (what != UsageOf::kClusterSums) object["gpus"] = ToJson(row.gpus);
  if (Json hosts = HostsOf(row); !hosts.empty()) object["measuredOfHost"] = std::move(hosts);
  if (!row.why_unknown.empty()) object["whyUnknown"] = row.why_unknown;
  return object;
}

std::vector<Column> UsageColumns(UsageOf what, bool with_gpus) {
  std::vector<Column> columns = {TextColumn("Name", "name")};
  if (what == UsageOf::kClusterSums) {
    columns.push_back({"Sampled", SampledCell});
  } else {
    columns.push_back(TextColumn("Cluster", "cluster", true));
    columns.push_back(TextColumn("Group", "group"));
  }
  columns.push_back(UsedColumn("CPU", "cpu", WriteAmount));
  columns.push_back(RayColumn("Ray CPU", "cpu", WriteAmount));
  columns.push_back(UsedColumn("Memory", "memory", WriteBytes));
  columns.push_back(RayColumn("Ray Memory", "memory", WriteBytes));
  if (with_gpus) {
    columns.push_back(UsedColumn("GPU", "gpu", WriteAmount));
    columns.push_back(RayColumn("Ray GPU", "gpu", WriteAmount));
    columns.push_back(PairColumn("GPU Memory", "gpuMemory", "used", "total", WriteBytes));
  }
  columns.push_back(PairColumn("Object Store", "objectStore", "used", "total", WriteBytes));
  columns.push_back(
      {"Spilled", [](const Json& row) { return Or(CellOf(At(row, {"spilled"}), WriteBytes), "-"); }});
  columns.push_back({"Age", AgeCell});
  if (what == UsageOf::kClusterSums) return columns;
  columns.push_back(TextColumn("Address", "address", true));
  columns.push_back(what == UsageOf::kRayPods ? TextColumn("Node", "kubernetesNode", true)
                                              : TextColumn("Node ID", "nodeId", true));
  columns.push_back(TextColumn("Why Unknown", "whyUnknown", true));
  return columns;
}

bool HasGpus(const std::vector<Usage>& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const Usage& row) {
    return row.gpu.limit || row.gpu.ray.capacity.value_or(0) > 0 || !row.gpus.empty() || row.gpu_memory_total;
  });
}

}  // namespace kubectl_ray
