// What PUT /api/serve/applications/ has to be sent, so that what is there stays. It is declarative: an
// application of an earlier config that the body leaves out is deleted. What GET answers is no such body; the
// config of each application is in it. Pure. Source: ServeDeploySchema in python/ray/serve/schema.py,
// serve_head.py and ApplicationStateManager.apply_app_configs of Ray 2.60.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/services/serve_instance.h"

namespace kubectl_ray {

enum class ServeChangeKind {
  kCreated,
  kConfigured,  // it is deployed again, with another config
  kUnchanged,   // it has this config already
  kKept,        // it is not asked for, and stays
  kDeleted,
};

struct ServeChange {
  std::string name;
  ServeChangeKind kind = ServeChangeKind::kCreated;
  std::string detail;  // which fields change, or why it goes; not escaped

  bool operator==(const ServeChange&) const = default;
};

struct ServePlan {
  shared::Json body;                 // of the PUT
  std::vector<ServeChange> changes;  // those asked for in their order, then the others
  std::vector<std::string> notes;    // what Serve does not do of what was asked for; sentences, not escaped

  bool operator==(const ServePlan&) const = default;
};

// Puts the applications of a Serve config, which CheckServeConfig took, to those that are there or, with
// `replace`, in the place of all that came by a config. Errors: kConflict if two applications would have one
// route, or if an application that stays cannot be sent again since the dashboard hides a part of it.
shared::Result<ServePlan> PlanServe(const ServeInstance& instance, const shared::Json& config, bool replace);

// Leaves these applications out. Errors: kNotFound, with the near name; kConflict for an application that a
// program deployed, which no config takes away; and those of PlanServe.
shared::Result<ServePlan> PlanServeWithout(const ServeInstance& instance,
                                           const std::vector<std::string>& names);

// Lines as kubectl prints them: "application/fruit configured (args, runtime_env)"; escaped. `outcome` stands
// after each: empty, " (dry run)".
std::string RenderServeChanges(const std::vector<ServeChange>& changes, const std::string& outcome = "");

// The lines of a question about those that would go, "\n- application/fruit (why)" each; escaped.
std::string ListDeleted(const std::vector<ServeChange>& changes);

}  // namespace kubectl_ray
