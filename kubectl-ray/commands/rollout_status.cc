#include "kubectl-ray/commands/rollout_status.h"

#include <utility>

#include "kubectl-ray/cli/repaint.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/kinds/ray_service.h"
#include "kubectl-ray/kinds/target.h"
#include "kubectl-ray/services/rollout.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;

constexpr std::chrono::seconds kLookAgain(2);  // as often as the operator looks

Result<Target> ServiceTarget(const std::string& text) {
  if (text.find('/') == text.npos) return Target{&RayServiceKind(), text};
  ASSIGN_OR_RETURN(const Target target, ParseTarget(text));
  if (target.kind == &RayServiceKind()) return target;
  return Fail(ErrorCode::kUsage,
              "cannot look at the rollout of " + ToString(target) + ": only a RayService has one");
}

Result<Rollout> Look(const KubeClient& kube, const std::string& ns, const Target& target) {
  ASSIGN_OR_RETURN(const Json service, FindObject(kube, ns, target));
  std::map<std::string, std::vector<Json>> pods;
  for (const std::string& cluster : ClustersOf(service)) {
    ASSIGN_OR_RETURN(pods[cluster],
                     kube.ListAll(kPods, ns, {.label_selector = std::string(kClusterLabel) + "=" + cluster}));
  }
  return ReadRollout(service, pods);
}

// A screen is painted over; elsewhere what has not changed is not printed again.
class Painter {
 public:
  Painter(Streams& io, bool as_json) : io_(io), as_json_(as_json) {}

  void Paint(const Rollout& rollout) {
    std::string text = as_json_ ? shared::DumpJson(RolloutToJson(rollout), 4) + "\n" : RenderRollout(rollout);
    if (text == last_) return;
    const bool paints = io_.out_is_terminal && !as_json_;
    if (paints && last_.empty()) io_.out << "\033[2J";
    io_.out << (paints ? Repaint(text, io_.height) : text) << std::flush;
    last_ = std::move(text);
  }

 private:
  Streams& io_;
  bool as_json_;
  std::string last_;
};

Result<int> End(const Rollout& rollout) {
  if (rollout.verdict == RolloutVerdict::kFailed)
    return Fail(ErrorCode::kConflict, RenderVerdict(rollout),
                "A change that mends it makes a new attempt: `kubectl ray apply -f FILE`. The old cluster, "
                "if there is "
                "one, serves on.");
  if (rollout.verdict == RolloutVerdict::kPaused)
    return Fail(ErrorCode::kConflict, RenderVerdict(rollout),
                "`kubectl ray resume rayservice/" + rollout.name + "` lets it go on.");
  return kExitOk;
}

Result<int> Follow(const RolloutStatusFlags& flags, const Target& target, const std::string& ns,
                   Deadline deadline, CommandContext& context) {
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  Painter painter(context.io, flags.output == "json");
  while (true) {
    ASSIGN_OR_RETURN(const Rollout rollout, Look(*kube, ns, target));
    painter.Paint(rollout);
    if (rollout.verdict != RolloutVerdict::kProgressing || !flags.watch) return End(rollout);
    if (deadline.passed()) {
      context.io.err << "error: " << RenderVerdict(rollout) << ", and --timeout is over" << std::endl;
      return kExitTimedOut;
    }
    if (context.interrupt.WaitFor(kLookAgain)) return kExitInterrupted;
  }
}

Result<int> Run(const RolloutStatusFlags& flags, CommandContext& context) {
  if (!flags.output.empty() && flags.output != "json")
    return Fail(ErrorCode::kUsage, "cannot print a rollout as \"" + flags.output + "\"", "Use -o json.");
  ASSIGN_OR_RETURN(const Target target, ServiceTarget(flags.service));
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", flags.timeout));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  return Follow(flags, target, ns, timeout.count() == 0 ? Deadline::Never() : Deadline::After(timeout),
                context);
}

}  // namespace

void RolloutStatus(Leaf& leaf) {
  auto& flags = leaf.Flags<RolloutStatusFlags>();
  AddTargetArgument(leaf, &flags.service, "A RayService: rayservice/NAME")->required();
  leaf.Flag("-w,--watch", &flags.watch,
            "Look again until it is ready, has failed or is paused; =false: once");
  leaf.Flag("--timeout", &flags.timeout, "How long to wait for that; 0: without an end")
      ->capture_default_str();
  leaf.Flag("-o,--output", &flags.output, "json");
  leaf.Note(
      "Shows the active and the pending cluster of a RayService, their applications, deployments and pods, "
      "and whether "
      "what was last applied can finish.");
  leaf.ExitCodes({kExitOk, kExitFailure, kExitTimedOut});
  leaf.Example("Wait until it serves what was applied, or cannot",
               "kubectl ray rollout status rayservice/sample-rayservice");
  leaf.Example("See how far it is", "kubectl ray rollout status rayservice/sample-rayservice --watch=false");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
