// Ray Serve's configuration of several applications, as a RayService has it in spec.serveConfigV2. Pure.
// Source: python/ray/serve/schema.py (ServeDeploySchema, ServeApplicationSchema) of Ray 2.60.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// What Serve would refuse, which it reports only once a cluster is up, or what is to be looked at.
struct ServeProblem {
  int application = -1;  // the index in `applications`; -1: it is about the whole
  std::string field;     // a member of that; empty: it is about all of it
  std::string cause;     // a sentence without its end, which names what it is about
  bool is_warning = false;

  bool operator==(const ServeProblem&) const = default;
};

// Returns what is wrong with a configuration, in its order. A field that is not known is a warning, unless
// its name is near a known one: it may be of a newer Ray.
std::vector<ServeProblem> ServeProblemsOf(const shared::Json& config);

struct ServeConfig {
  shared::Json value;
  std::vector<std::string> warnings;  // "FILE:4:3: ...", not escaped
};

// Reads and judges a configuration file; `name` is for messages. kUsage lists all that is wrong, each with
// its line.
shared::Result<ServeConfig> ParseServeConfig(std::string_view name, std::string_view text);

// kUsage, in the same words without lines, for a configuration that is in no file.
shared::Status CheckServeConfig(const shared::Json& config);

// An application as flags describe it.
struct ServeApplication {
  std::string name;
  std::string route_prefix;
  std::string import_path;
  shared::Json runtime_env;  // null: none

  bool operator==(const ServeApplication&) const = default;
};

// Appends the application to the configuration; a null one becomes one with this application alone.
void AddApplication(const ServeApplication& application, shared::Json* config);

}  // namespace kubectl_ray
