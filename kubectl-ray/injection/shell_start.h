// Finds `ray start` in a shell's script and replaces it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/ray_start_params.h"
#include "shared/result.h"

namespace kubectl_ray {

// One start of Ray in a script.
struct ShellStart {
  std::size_t begin = 0;  // of `ray`, or of the variable with KubeRay's command line
  std::size_t end = 0;    // after its last option
  std::string program;    // `ray` as it is written, such as /opt/ray/bin/ray; empty: KubeRay's command line
  std::vector<std::string> words;  // its options as they are written
};

// Whether the word is `ray`, with or without its path.
bool IsRay(std::string_view word);

// Returns the starts of a script, in order. Text in quotes and comments is none.
std::vector<ShellStart> FindShellStarts(std::string_view script, bool generated);

// Returns the script with the agent in the place of each start. kUsage: see WithAgentStart.
shared::Result<std::string> WithAgentInScript(const std::string& script,
                                              const std::vector<ShellStart>& starts);

// Returns the agent's arguments for these options of `ray start`: "start", the node type, and --param for
// each. `quoted`: words and result are a shell's text, else plain words. kUsage names an option that no Ray
// has.
shared::Result<std::vector<std::string>> AgentArguments(const std::string& program,
                                                        const std::vector<std::string>& words, bool quoted);

// Returns the flags by which the agent's `health` knows the node that these options start: its type and the
// ports it answers at. Nothing if only a shell could fill one in. `quoted`: as above; else `$(NAME)` is
// Kubernetes' own variable.
std::optional<std::vector<std::string>> HealthArguments(const std::vector<std::string>& words, bool quoted);

}  // namespace kubectl_ray
