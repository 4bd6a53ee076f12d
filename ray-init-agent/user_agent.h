// The User-Agent header with which the agent asks servers.
#pragma once

namespace ray_init_agent {

// Dashboards up to Ray 2.51 answer 500 to every request without such a header, to probes of their health too.
inline constexpr const char* kUserAgent = "ray-init-agent/" RAY_VERSION;

}  // namespace ray_init_agent
