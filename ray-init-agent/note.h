// What the agent has to say for itself, on stderr.
#pragma once

#include <string_view>

namespace ray_init_agent {

// Writes `ray-init-agent: message` and a newline, control characters shown as \xNN, without ever waiting:
// while nobody reads stderr it is kept for the next call, up to 64 KiB. For the main thread only; SIGPIPE
// must be blocked or ignored.
void Note(std::string_view message);

}  // namespace ray_init_agent
