#include "kubectl-ray/manifests/agent_config_map.h"

#include <mbedtls/base64.h>

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/manifests/agent_gzip.h"

namespace kubectl_ray {
namespace {

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string AgentConfigMapName(const AgentArchive& archive) {
  return "ray-init-agent-" + std::string(archive.architecture) + "-" + std::string(archive.digest);
}

AgentOptions EmbeddedAgentOptions() {
  AgentOptions agent;
  for (const AgentArchive& archive : EmbeddedAgents())
    agent.sources.push_back({AgentConfigMapName(archive), std::string(archive.architecture)});
  return agent;
}

shared::Json AgentConfigMap(const AgentArchive& archive, std::string_view ns) {
  const std::string gzip = AgentGzip(archive);
  std::string base64((gzip.size() + 2) / 3 * 4 + 1, '\0');
  std::size_t written = 0;
  mbedtls_base64_encode(reinterpret_cast<unsigned char*>(base64.data()), base64.size(), &written, Bytes(gzip),
                        gzip.size());
  base64.resize(written);
  return {{"apiVersion", "v1"},
          {"kind", "ConfigMap"},
          {"metadata",
           {{"name", AgentConfigMapName(archive)},
            {"namespace", std::string(ns)},
            {"labels", {{kApplicationLabel, "ray-init-agent"}, {kManagedByLabel, kManagedByUs}}}}},
          {"immutable", true},
          {"binaryData", {{"ray-init-agent.gz", std::move(base64)}}}};
}

}  // namespace kubectl_ray
