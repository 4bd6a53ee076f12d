// Sends the operator's objects to the API server: first to be judged, then to stay.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/operator/change.h"
#include "kubectl-ray/operator/manifests.h"

namespace kubectl_ray {

struct JudgedObject {
  OperatorObject wanted;
  ObjectChange change;
  std::string refusal;  // why the API server does not take it, not escaped; empty: it does
};

// Applies each object without storing it (dryRun=All), so that what is refused is known before anything is
// changed: rights by review are not enough, because an escalation of rights is refused at the write. Objects
// of a namespace that does not exist yet are asked for by an access review. Errors: what speaks of no single
// object (kUnavailable, kTimeout, kInterrupted, a wrong sign-in).
shared::Result<std::vector<JudgedObject>> JudgeObjects(const KubeClient& kube,
                                                       std::vector<OperatorObject> objects);

// Applies the objects that change, in order, taking over fields of other managers; prints a line for each on
// io.out if `names`. Waits until the definitions are served before it sends what follows them. Errors:
// KubeClient's; kTimeout if a definition is not served in time.
shared::Status ApplyObjects(const KubeClient& kube, const std::vector<JudgedObject>& objects,
                            std::chrono::milliseconds timeout, bool names, Streams& io);

// Blocks until the Deployment runs as it is written. Errors: kTimeout, with what the operator says; at once
// if it ends as often as it is started.
shared::Status WaitForRollout(const KubeClient& kube, const std::string& ns, const std::string& name,
                              std::chrono::milliseconds timeout, Streams& io);

// Whether the Deployment's pods are all of its present template and available. Pure.
bool IsRolledOut(const Json& deployment);

}  // namespace kubectl_ray
