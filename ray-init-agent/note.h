// The agent's own messages on stderr.
#pragma once

#include <string_view>

namespace ray_init_agent {

// Writes `ray-init-agent: message` and a newline, with control characters shown as \xNN. Never waits: while
// nobody reads stderr, the text is kept for the next call, up to 64 KiB. For the main thread only; SIGPIPE
// must be blocked or ignored.
void Note(std::string_view message);

}  // namespace ray_init_agent
