// A pod's /etc/resolv.conf, and the names that its rules make of a host.
#include <cstdlib>
#include <string_view>

#include "ray-init-agent/resolver.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto rules = ray_init_agent::ParseSearchRules(text);
  for (const char* host : {"head", "head.ns.svc.cluster.local", "head."}) {
    const auto names = ray_init_agent::NamesToAsk(host, rules);
    if (names.empty() || names.size() > rules.domains.size() + 1) std::abort();
  }
  return 0;
}
