// What applying an object would change in the API server, field by field; and applying it, on the server's
// side (KEP-555).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "kubectl-ray/apply/field_change.h"
#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/kube/discovery.h"

namespace kubectl_ray {

struct ApplyOptions {
  bool force_conflicts = false;  // take over fields that another manager owns
  std::string field_manager = "kubectl-ray";
  // Namespaces that are made before the object: if the object's own is one of them and is not there yet, the
  // object is planned as it is, without the server's judgement.
  std::set<std::string> new_namespaces = {};

  bool operator==(const ApplyOptions&) const = default;
};

struct ObjectPlan {
  // kUnasked: no API server was asked.
  enum class Outcome { kCreated, kConfigured, kUnchanged, kUnasked };

  Resource resource;
  shared::Json object = {};  // as it is sent; its metadata has the namespace, if it is in one
  shared::Json live = {};    // as it is stored; null: it is not there yet
  shared::Json result = {};  // as it would be stored, by the server's dry run
  Outcome outcome = Outcome::kCreated;
  std::vector<FieldChange> changes = {};  // empty unless it is kConfigured; of a Secret without values

  // Returns whether applying it deletes pods that run.
  bool IsDisruptive() const;
};

// kUsage: the object has no apiVersion, kind or name, without which it cannot be applied.
shared::Status CheckIdentity(const shared::Json& object);

// Asks the API server for the object and for a dry run of applying it. `default_ns` is for an object of a
// kind in namespaces that names none. Stores nothing. Errors: kUsage if the server refuses the object
// (an unknown field, a value of a wrong type) or serves no such kind; kConflict if other managers own fields
// of other values, in a message that names both, with the way out as the hint; those of KubeClient.
shared::Result<ObjectPlan> PlanApply(const KubeClient& kube, const std::string& default_ns,
                                     shared::Json object, const ApplyOptions& options = {});

// Applies the planned object and returns it as it is stored. `dry_run`: the server judges it and stores
// nothing. Errors as above: the object may have changed since it was planned.
shared::Result<shared::Json> Apply(const KubeClient& kube, const ObjectPlan& plan,
                                   const ApplyOptions& options = {}, bool dry_run = false);

// Returns whether it is one of the core group.
bool IsSecret(const shared::Json& object);

// Returns the object, with "(hidden)" for each value of a Secret.
shared::Json WithoutSecrets(shared::Json object);

}  // namespace kubectl_ray
