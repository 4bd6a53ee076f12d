// ray-init-agent put into a text of manifests, and taken out of it again, with all other bytes as they were.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/manifests/agent.h"
#include "shared/result.h"

namespace kubectl_ray {

// Bounds on a text of many documents; each of them has yaml.h's.
inline constexpr std::size_t kMaxManifestBytes = 64u << 20;  // with the agent's ConfigMaps
inline constexpr std::size_t kMaxOtherBytes = 8u << 20;      // without them
inline constexpr std::size_t kMaxManifests = 1000;

// What was done to one object.
struct InjectedObject {
  std::string object;  // RayCluster "demo"
  std::size_t line = 0;
  std::vector<std::string> roles;  // of KubeRay's templates that changed: "head", "worker group small"
  bool changed = false;            // false: it was so before

  bool operator==(const InjectedObject&) const = default;
};

struct Injection {
  std::string text;
  std::vector<InjectedObject> objects;  // those with a pod of Ray's, in the order of the text
  std::vector<std::string>
      namespaces;                     // of the objects that run the agent from a ConfigMap; "" for none given
  std::vector<std::string> notes;     // name:line: sentence
  std::vector<shared::Error> errors;  // if there is any, `text` is the input
};

// Returns the text with the agent in each pod template that runs Ray: idempotent, and undone by Uninject() to
// the byte, which is checked. An older injection is taken out first. `name` is for messages. Each error is
// kUsage and has the line: what has Ray in it and cannot be injected, a template's `{{ }}`, YAML that cannot
// be read.
Injection Inject(std::string_view name, std::string_view text, const AgentOptions& agent);

// Returns the text without what Inject() made, and without the ConfigMaps of WithConfigMaps(). What others
// changed since stays.
Injection Uninject(std::string_view name, std::string_view text);

// Returns the text with these objects, the agent's ConfigMaps, as its first documents.
std::string WithConfigMaps(const std::string& text, const std::vector<shared::Json>& config_maps);

// Returns the text without the documents of WithConfigMaps(), as it was before them.
std::string WithoutConfigMaps(std::string_view text);

}  // namespace kubectl_ray
