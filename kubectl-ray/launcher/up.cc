#include "kubectl-ray/launcher/up.h"

#include <signal.h>

#include <algorithm>

#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/clusters/create.h"
#include "kubectl-ray/clusters/wait_ready.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/launcher/line_stream.h"
#include "kubectl-ray/logs/follow_logs.h"
#include "kubectl-ray/manifests/deployments.h"
#include "kubectl-ray/manifests/worker_counts.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "shared/duration.h"
#include "shared/thread_group.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::IntAt;
using shared::Json;
using shared::Status;
using shared::StringAt;

using Outcome = ObjectPlan::Outcome;

std::string NameOf(const Json& object) { return StringAt(object, {"metadata", "name"}); }

const char* Done(Outcome outcome) {
  return outcome == Outcome::kCreated      ? " created"
         : outcome == Outcome::kConfigured ? " configured"
                                           : " unchanged";
}

class Applier {
 public:
  Applier(const KubeClient& kube, const LaunchPlan& plan, Streams& io) : kube_(kube), plan_(plan), io_(io) {}

  Status Run() {
    if (plan_.launch.needs_agent && !plan_.objects.empty())
      TRY(EnsureAgent(kube_, plan_.launch.ns, EmbeddedAgents()));
    for (std::size_t i = 0; i < plan_.objects.size(); ++i) TRY(ApplyOne(i));
    TRY(GiveToOwner());
    for (const Json& deployment : plan_.deployments) TRY(Remove(kDeployments, NameOf(deployment)));
    return DeletePods();
  }

 private:
  Status ApplyOne(std::size_t i) {
    ObjectPlan object = plan_.objects[i];
    if (i == plan_.owner) owner_ = object.live;
    if (object.outcome == Outcome::kUnchanged) return shared::Ok();
    if (i > plan_.owner && plan_.objects[plan_.owner].live.is_null())
      object.object["metadata"]["ownerReferences"] = OwnerReferences(owner_);
    ASSIGN_OR_RETURN(Json stored, Apply(kube_, object, {.force_conflicts = !plan_.taken_fields.empty()}));
    io_.out << ObjectName(object.object) << Done(object.outcome) << std::endl;
    if (i == plan_.owner) owner_ = std::move(stored);
    return shared::Ok();
  }

  // What was applied before there was a cluster goes with it from now on.
  Status GiveToOwner() {
    if (plan_.objects.empty() || !plan_.objects[plan_.owner].live.is_null()) return shared::Ok();
    for (std::size_t i = 0; i < plan_.owner; ++i) {
      ObjectPlan object = plan_.objects[i];
      if (object.resource != kSecrets && !plan_.launch.owns_beside) continue;
      if (object.resource == kSecrets && i >= plan_.launch.secrets.size() && !plan_.launch.owns_beside)
        continue;
      object.object["metadata"]["ownerReferences"] = OwnerReferences(owner_);
      TRY(Apply(kube_, object, {.force_conflicts = true}));
    }
    return shared::Ok();
  }

  // A Deployment replaces its pods itself once its template is another one.
  Status DeletePods() {
    if (plan_.launch.backend == Backend::kPlain && plan_.restart != Restart::kAll) return shared::Ok();
    for (const GroupFate& fate : plan_.fates)
      if (fate.kind == GroupFate::Kind::kRecreated)
        for (const std::string& pod : fate.pods) TRY(Remove(kPods, pod));
    return shared::Ok();
  }

  Status Remove(const Resource& resource, const std::string& name) {
    const auto gone = kube_.Delete(resource, plan_.launch.ns, name);
    if (!gone && gone.error().code != ErrorCode::kNotFound) return shared::Unexpected(gone.error());
    if (gone)
      io_.out << ObjectName({{"apiVersion", resource.ApiVersion()},
                             {"kind", resource.kind},
                             {"metadata", {{"name", name}}}})
              << " deleted" << std::endl;
    return shared::Ok();
  }

  const KubeClient& kube_;
  const LaunchPlan& plan_;
  Streams& io_;
  Json owner_;
};

// Returns whether the controller has seen the Deployment as it is, and no pod of an older template is left.
bool IsRolledOut(const Json& deployment) {
  const std::int64_t wanted = IntAt(deployment, {"spec", "replicas"}, 1);
  if (shared::BoolAt(deployment, {"spec", "paused"})) return true;
  return IntAt(deployment, {"status", "observedGeneration"}) >=
             IntAt(deployment, {"metadata", "generation"}) &&
         IntAt(deployment, {"status", "updatedReplicas"}) >= wanted &&
         IntAt(deployment, {"status", "replicas"}) <= IntAt(deployment, {"status", "updatedReplicas"});
}

// Without this a wait would find the old pods, which are ready until the Deployment's controller comes to
// them.
Status WaitForRollout(const KubeClient& kube, const LaunchPlan& plan, Deadline deadline) {
  for (const ObjectPlan& object : plan.objects) {
    if (object.resource != kDeployments || object.outcome == Outcome::kUnchanged) continue;
    const std::string name = NameOf(object.object);
    const Status rolled =
        kube.Watch(kDeployments, plan.launch.ns, {.field_selector = "metadata.name=" + name}, deadline,
                   [](const WatchEvent& event) {
                     const bool is_state =
                         event.type == WatchEventType::kAdded || event.type == WatchEventType::kModified;
                     return !is_state || !IsRolledOut(event.object);
                   });
    if (rolled || rolled.error().code != ErrorCode::kTimeout) {
      TRY(rolled);
      continue;
    }
    return Fail(ErrorCode::kTimeout, "deployment \"" + name + "\" has no pods of its new template yet",
                "`kubectl ray status " + plan.launch.cluster + " -n " + plan.launch.ns + "` shows why.");
  }
  return shared::Ok();
}

// The same without an operator's controller: pods that were deleted are still there for a moment, and are not
// ready.
Status WaitUntilReady(const KubeClient& kube, const LaunchPlan& plan, std::chrono::milliseconds timeout,
                      Streams& io) {
  const Deadline deadline = Deadline::After(timeout);
  if (plan.launch.backend == Backend::kPlain) TRY(WaitForRollout(kube, plan, deadline));
  return WaitReady(kube, {plan.launch.ns, plan.launch.cluster, WantedWorkers(plan.launch.ray_cluster)},
                   deadline.Remaining(), io);
}

// What is older belongs to pods that stay as they are.
constexpr std::chrono::seconds kNewerThan(10);

}  // namespace

Status ApplyLaunch(const KubeClient& kube, const LaunchPlan& plan, Streams& io) {
  return Applier(kube, plan, io).Run();
}

Status WaitForLaunch(const KubeClient& kube, const LaunchPlan& plan, std::chrono::milliseconds timeout,
                     Streams& io) {
  if (plan.launch.secrets.empty()) return WaitUntilReady(kube, plan, timeout, io);
  LineSink sink{io.err, {}};
  LineStream progress(&sink), lines(&sink);
  std::ostream nowhere(nullptr);
  Streams waiting{.in = io.in, .out = io.out, .err = progress};
  Streams following{.in = io.in,
                    .out = lines,
                    .err = nowhere,
                    .out_is_terminal = io.err_is_terminal,
                    .color = io.color,
                    .width = io.width};
  LogOptions options;
  options.cluster = plan.launch.cluster;
  options.ns = plan.launch.ns;
  options.follow = true;
  options.since = kNewerThan;
  options.component = "setup";
  LogPrinter printer(following, options, true);
  shared::Interrupt end;
  const KubeClient follower = kube.Until(&end);
  shared::ThreadGroup threads;
  TRY(threads.Start([&] { (void)!FollowLogs(follower, options, &end, &printer); }));
  const Status outcome = WaitUntilReady(kube, plan, timeout, waiting);
  end.Raise(SIGTERM);
  threads.JoinAll();
  return outcome;
}

Status RemoveOldSecrets(const KubeClient& kube, const LaunchPlan& plan) {
  const Launch& launch = plan.launch;
  // What --no-restart holds back goes on making pods of the older ones.
  if (!launch.owns_beside || plan.restart == Restart::kNone) return shared::Ok();
  const std::string selector =
      std::string(kClusterLabel) + "=" + launch.cluster + "," + kManagedByLabel + "=" + kManagedByUs;
  const auto secrets = kube.ListAll(kSecrets, launch.ns, {.label_selector = selector});
  if (!secrets) return secrets.error().code == ErrorCode::kAuth ? shared::Ok() : OutcomeOf(secrets);
  ASSIGN_OR_RETURN(const auto pods,
                   kube.ListAll(kPods, launch.ns, {.label_selector = RayPodSelector(launch.cluster, "")}));
  for (const Json& secret : *secrets) {
    const std::string name = NameOf(secret);
    const bool ours =
        name.starts_with(launch.cluster + "-files-") || name.starts_with(launch.cluster + "-setup-");
    const bool wanted = std::any_of(launch.secrets.begin(), launch.secrets.end(),
                                    [&](const Json& other) { return NameOf(other) == name; });
    const bool used = std::any_of(pods.begin(), pods.end(), [&](const Json& pod) {
      return shared::DumpJson(At(pod, {"spec", "volumes"})).find("\"" + name + "\"") != std::string::npos;
    });
    if (!ours || wanted || used) continue;
    const auto gone = kube.Delete(kSecrets, launch.ns, name);
    if (!gone && gone.error().code != ErrorCode::kNotFound && gone.error().code != ErrorCode::kAuth)
      return shared::Unexpected(gone.error());
  }
  return shared::Ok();
}

}  // namespace kubectl_ray
