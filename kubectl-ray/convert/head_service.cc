#include "kubectl-ray/convert/head_service.h"

#include <algorithm>
#include <array>

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ports.h"

namespace kubectl_ray {
namespace {

using shared::Json;

constexpr std::array<std::string_view, 6> kGonePorts = {"redis-shard-0", "redis-shard-1", "object-manager",
                                                        "node-manager",  "redis-shard-2", "redis-shard-3"};

Json HeadSelector(const std::string& cluster) { return {{kClusterLabel, cluster}, {kNodeTypeLabel, "head"}}; }

Json Port(const char* name, int port) {
  return {{"name", name}, {"protocol", "TCP"}, {"port", port}, {"targetPort", port}};
}

}  // namespace

bool Selects(const Tree& service, const Tree* labels) {
  const Tree* selector = service.At({"spec", "selector"});
  if (selector == nullptr || selector->members.empty() || labels == nullptr) return false;
  return std::all_of(selector->members.begin(), selector->members.end(), [&](const Tree::Member& wanted) {
    const Tree* label = labels->Find(wanted.first);
    return label != nullptr && label->ToJson() == wanted.second.ToJson();
  });
}

void PointAtHead(Tree* service, const std::string& cluster, NoteList* notes) {
  Tree& spec = service->Get("spec");
  for (const char* key : {"clusterIP", "clusterIPs"}) spec.Remove(key);
  spec.Set("selector", HeadSelector(cluster));
  if (Tree* ports = spec.Find("ports"))
    std::erase_if(ports->items, [&](const Tree& port) {
      const std::string name = port.StringAt({"name"});
      if (std::find(kGonePorts.begin(), kGonePorts.end(), name) == kGonePorts.end()) return false;
      notes->Dropped(port.line, "spec.ports[" + name + "]", "nothing listens there any more");
      return true;
    });
}

Tree OldHeadService(const std::string& name, const std::string& ns, const std::string& cluster,
                    const Tree* more) {
  Json metadata = {{"name", name}};
  if (!ns.empty()) metadata["namespace"] = ns;
  Tree service(Json{
      {"apiVersion", "v1"},
      {"kind", "Service"},
      {"metadata", metadata},
      {"spec",
       {{"selector", HeadSelector(cluster)},
        {"ports",
         {Port("client", kClientPort), Port("dashboard", kDashboardPort), Port("ray-serve", kServePort)}}}}});
  service.above = {"# Old clients look for the head under this name; KubeRay's own Service is " +
                   HeadServiceName(cluster) + "."};
  if (more == nullptr) return service;
  Tree& ports = *service.At({"spec", "ports"});
  for (const Tree& port : more->items) {
    const auto same = std::find_if(ports.items.begin(), ports.items.end(), [&](const Tree& candidate) {
      return candidate.StringAt({"name"}) == port.StringAt({"name"});
    });
    if (same != ports.items.end())
      *same = port;
    else
      ports.Add(port);
  }
  return service;
}

}  // namespace kubectl_ray
