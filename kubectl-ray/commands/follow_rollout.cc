#include "kubectl-ray/commands/follow_rollout.h"

#include <map>
#include <vector>

#include "kubectl-ray/cli/print_error.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_service.h"
#include "kubectl-ray/services/report_age.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;

constexpr std::chrono::seconds kLookAgain(2);  // as often as the operator looks

Result<Rollout> Look(const KubeClient& kube, const std::string& ns, const Target& target, ReportAge* age) {
  ASSIGN_OR_RETURN(const Json service, FindObject(kube, ns, target));
  std::map<std::string, std::vector<Json>> pods;
  for (const std::string& cluster : ClustersOf(service)) {
    ASSIGN_OR_RETURN(pods[cluster],
                     kube.ListAll(kPods, ns, {.label_selector = std::string(kClusterLabel) + "=" + cluster}));
  }
  return ReadRollout(service, pods, age->IsOfLastChange(service, Now(), std::chrono::steady_clock::now()));
}

Result<int> End(const Rollout& rollout, Streams& io) {
  if (rollout.verdict == RolloutVerdict::kFailed)
    return Fail(ErrorCode::kConflict, RenderVerdict(rollout),
                "`kubectl ray rollout undo rayservice/" + rollout.name +
                    "` goes back to what was applied before; a change that mends it makes a new attempt: "
                    "`kubectl ray "
                    "apply -f FILE`. The old cluster, if there is one, serves on.");
  if (rollout.verdict != RolloutVerdict::kPaused) return kExitOk;
  PrintError(io, {ErrorCode::kConflict, RenderVerdict(rollout),
                  "`kubectl ray resume rayservice/" + rollout.name + "` lets it go on."});
  return kExitPaused;
}

}  // namespace

Result<Target> ParseServiceTarget(const std::string& text, const std::string& what) {
  if (text.find('/') == text.npos) return Target{&RayServiceKind(), text};
  ASSIGN_OR_RETURN(const Target target, ParseTarget(text));
  if (target.kind == &RayServiceKind()) return target;
  return Fail(ErrorCode::kUsage,
              "cannot look at the rollout of " + ToString(target) + ": only a RayService has " + what);
}

Result<int> FollowRollout(CommandContext& context, const std::string& ns, const Target& target,
                          Deadline deadline, bool watch, const std::function<void(const Rollout&)>& on_look) {
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ReportAge age;
  while (true) {
    ASSIGN_OR_RETURN(const Rollout rollout, Look(*kube, ns, target, &age));
    on_look(rollout);
    if (rollout.verdict != RolloutVerdict::kProgressing || !watch) return End(rollout, context.io);
    if (deadline.passed()) {
      context.io.err << "error: " << RenderVerdict(rollout) << ", and --timeout is over" << std::endl;
      return kExitTimedOut;
    }
    if (context.interrupt.WaitFor(kLookAgain)) return kExitInterrupted;
  }
}

}  // namespace kubectl_ray
