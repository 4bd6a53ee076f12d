#include "ray-init-agent/app.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

namespace ray_init_agent {

int RunApp(std::vector<std::string> arguments) {
  CLI::App root("The entrypoint of a Ray pod.", "ray-init-agent");
  root.set_version_flag("--version", "ray-init-agent " RAY_VERSION);
  std::reverse(arguments.begin(), arguments.end());
  try {
    root.parse(std::move(arguments));
  } catch (const CLI::ParseError& e) {
    return root.exit(e);
  }
  return 0;
}

}  // namespace ray_init_agent
