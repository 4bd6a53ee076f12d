// How the agent names itself to the servers it asks.
#pragma once

namespace ray_init_agent {

// Dashboards up to Ray 2.51 answer 500 to every request without such a header, probes of their health
// included.
inline constexpr const char* kUserAgent = "ray-init-agent/" RAY_VERSION;

}  // namespace ray_init_agent
