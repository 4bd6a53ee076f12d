#include "kubectl-ray/injection/ray_templates.h"

#include <algorithm>
#include <cctype>

#include "kubectl-ray/injection/start_command.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool Overwrites(const Json& metadata) {
  return Lower(StringAt(metadata, {"annotations", kOverwriteCommandAnnotation})) == "true";
}

std::string ObjectText(const Json& object) {
  const std::string kind = StringAt(object, {"kind"}), name = StringAt(object, {"metadata", "name"});
  return (kind.empty() ? "an object" : kind) + (name.empty() ? "" : " \"" + name + "\"");
}

JsonPlace Below(JsonPlace place, std::initializer_list<const char*> keys) {
  for (const char* key : keys) place.emplace_back(std::string(key));
  return place;
}

std::string Group(const Json& object) {
  const std::string version = StringAt(object, {"apiVersion"});
  return version.substr(0, version.find('/') == version.npos ? 0 : version.find('/'));
}

struct Owner {
  const Json& object;
  std::size_t steps;  // of the place that lead to it
};

class Finder {
 public:
  explicit Finder(RayTemplates* found) : found_(*found) {}

  void Visit(const Json& value, const JsonPlace& place, const Owner& owner) {
    if (value.is_array()) return VisitItems(value, place, owner);
    if (!value.is_object()) return;
    const bool is_object = value.contains("kind") && value.contains("apiVersion");
    const Owner& named = is_object ? Owner{value, place.size()} : owner;
    if (is_object && VisitRays(value, place)) return;
    if (IsTemplate(value)) return VisitTemplate(value, place, named);
    for (const auto& [key, member] : value.items()) Visit(member, Below(place, {key.c_str()}), named);
  }

 private:
  void VisitItems(const Json& list, const JsonPlace& place, const Owner& owner) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      JsonPlace item = place;
      item.emplace_back(i);
      Visit(list[i], item, owner);
    }
  }

  static bool IsTemplate(const Json& value) {
    const Json& containers = At(value, {"spec", "containers"});
    return containers.is_array() && !containers.empty() && containers[0].is_object();
  }

  // Pods without the operator: those with a container that starts Ray.
  void VisitTemplate(const Json& value, const JsonPlace& place, const Owner& owner) {
    const Json& containers = At(value, {"spec", "containers"});
    const bool ray = std::any_of(containers.begin(), containers.end(), [](const Json& container) {
      const ContainerCommand command = CommandOf(container);
      return StartsRay(command) || RunsAgent(command);
    });
    if (ray)
      Add({place, owner.steps, ObjectText(owner.object), "", "", false, false, false, false}, owner.object);
  }

  // Returns whether it is an object of Ray's, which is all that is to say of it.
  bool VisitRays(const Json& object, const JsonPlace& place) {
    const std::string group = Group(object), kind = StringAt(object, {"kind"});
    if (group == "cluster.ray.io") {
      found_.problems.push_back(
          {place, ObjectText(object) + " is of the operator before KubeRay, which no longer exists",
           "`kubectl ray convert` makes a RayCluster of it."});
      return true;
    }
    if (group != kRayClusters.group) return false;
    if (kind == kRayClusters.kind)
      Cluster(At(object, {"spec"}), Below(place, {"spec"}), {object, place.size()});
    else if (kind == kRayJobs.kind)
      Job(At(object, {"spec"}), Below(place, {"spec"}), {object, place.size()});
    else if (kind == kRayServices.kind)
      Service(object, place);
    else if (kind == kRayCronJobs.kind)
      Job(At(object, {"spec", "jobTemplate"}), Below(place, {"spec", "jobTemplate"}), {object, place.size()});
    else if (kind.ends_with("List") && At(object, {"items"}).is_array())
      VisitItems(At(object, {"items"}), Below(place, {"items"}), {object, place.size()});
    else
      found_.problems.push_back({place, ObjectText(object) + " is of a kind that is not known",
                                 "Known are RayCluster, RayJob, RayService and RayCronJob."});
    return true;
  }

  void Job(const Json& spec, const JsonPlace& place, const Owner& owner) {
    const Json& cluster = At(spec, {"rayClusterSpec"});
    if (cluster.is_null())
      found_.notes.push_back(ObjectText(owner.object) + " has no cluster of its own");
    else
      Cluster(cluster, Below(place, {"rayClusterSpec"}), owner);
  }

  void Service(const Json& object, const JsonPlace& place) {
    const std::size_t before = found_.templates.size();
    Cluster(At(object, {"spec", "rayClusterConfig"}), Below(place, {"spec", "rayClusterConfig"}),
            {object, place.size()});
    for (std::size_t i = before; i < found_.templates.size(); ++i)
      found_.templates[i].serves = found_.templates[i].worker;
  }

  // `spec`: a RayClusterSpec.
  void Cluster(const Json& spec, const JsonPlace& place, const Owner& owner) {
    const Json& object = owner.object;
    const bool overwrites = Overwrites(At(object, {"metadata"}));
    Template(At(spec, {"headGroupSpec", "template"}),
             {Below(place, {"headGroupSpec", "template"}), owner.steps, ObjectText(object), "", "head", true,
              false, false, overwrites},
             object);
    const Json& groups = At(spec, {"workerGroupSpecs"});
    for (std::size_t i = 0; groups.is_array() && i < groups.size(); ++i) {
      JsonPlace worker = Below(place, {"workerGroupSpecs"});
      worker.emplace_back(i);
      Template(At(groups[i], {"template"}),
               {Below(worker, {"template"}), owner.steps, ObjectText(object), "",
                "worker group " + StringAt(groups[i], {"groupName"}, std::to_string(i)), true, true, false,
                overwrites},
               object);
    }
  }

  void Template(const Json& value, RayTemplate found, const Json& owner) {
    if (IsTemplate(value)) {
      found.overwrites = found.overwrites || Overwrites(At(value, {"metadata"}));
      Add(std::move(found), owner);
      return;
    }
    found_.problems.push_back({std::move(found.place),
                               found.object + " has no container for its " + found.role,
                               "KubeRay needs spec.containers, of which the first is Ray's."});
  }

  void Add(RayTemplate found, const Json& owner) {
    found.ns = StringAt(owner, {"metadata", "namespace"});
    found_.templates.push_back(std::move(found));
  }

  RayTemplates& found_;
};

}  // namespace

const Json& ValueAt(const Json& value, const JsonPlace& place) {
  static const Json kNull;
  const Json* at = &value;
  for (const auto& step : place) {
    if (const auto* key = std::get_if<std::string>(&step)) {
      if (!at->is_object() || !at->contains(*key)) return kNull;
      at = &at->at(*key);
    } else {
      const std::size_t index = std::get<std::size_t>(step);
      if (!at->is_array() || index >= at->size()) return kNull;
      at = &at->at(index);
    }
  }
  return *at;
}

RayTemplates FindRayTemplates(const Json& document) {
  RayTemplates found;
  Finder(&found).Visit(document, {}, {document, 0});
  return found;
}

}  // namespace kubectl_ray
