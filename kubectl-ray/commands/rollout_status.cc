#include "kubectl-ray/commands/rollout_status.h"

#include <utility>

#include "kubectl-ray/cli/repaint.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/follow_rollout.h"
#include "kubectl-ray/commands/job_flags.h"
#include "kubectl-ray/commands/serve_on_cluster.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;

// A screen is painted over; elsewhere what has not changed is not printed again.
class Painter {
 public:
  Painter(Streams& io, bool as_json) : io_(io), as_json_(as_json) {}

  void Paint(const Rollout& rollout) {
    Paint(as_json_ ? shared::DumpJson(RolloutToJson(rollout), 4) + "\n" : RenderRollout(rollout));
  }

  void Paint(const ServeInstance& instance, const ServeVerdict& verdict, const std::string& where) {
    Paint(as_json_ ? shared::DumpJson(ServeToJson(instance, verdict), 4) + "\n"
                   : RenderServe(instance, verdict, where));
  }

 private:
  void Paint(std::string text) {
    if (text == last_) return;
    const bool paints = io_.out_is_terminal && !as_json_;
    if (paints && last_.empty()) io_.out << "\033[2J";
    io_.out << (paints ? Repaint(text, io_.height) : text) << std::flush;
    last_ = std::move(text);
  }

  Streams& io_;
  bool as_json_;
  std::string last_;
};

// The cluster that serves without a RayService, of either kind, or its dashboard; an empty one for a
// RayService.
Result<DashboardAddress> WhoServes(const RolloutStatusFlags& flags) {
  DashboardAddress address = flags.dashboard;
  if (flags.service.empty() ||
      (address == DashboardAddress() && flags.service.find('/') == std::string::npos))
    return address;
  ASSIGN_OR_RETURN(const Target target, ParseTarget(flags.service));
  if (target.is_cluster() && flags.service.find('/') != std::string::npos)
    address.cluster = target.name;
  else if (address != DashboardAddress())
    return Fail(ErrorCode::kUsage, "cannot look at " + flags.service + " through a dashboard",
                "Name the cluster, as cluster/NAME, or give --address alone.");
  return address;
}

Result<int> Run(const RolloutStatusFlags& flags, CommandContext& context) {
  if (!flags.output.empty() && flags.output != "json")
    return Fail(ErrorCode::kUsage, "cannot print a rollout as \"" + flags.output + "\"", "Use -o json.");
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", flags.timeout));
  const Deadline deadline = timeout.count() == 0 ? Deadline::Never() : Deadline::After(timeout);
  Painter painter(context.io, flags.output == "json");
  ASSIGN_OR_RETURN(const DashboardAddress address, WhoServes(flags));
  if (address != DashboardAddress()) {
    ASSIGN_OR_RETURN(const ReachedServe serve, ReachServe(context, address));
    return FollowServe(context, serve, {.deadline = deadline, .watch = flags.watch},
                       [&](const ServeInstance& instance, const ServeVerdict& verdict) {
                         painter.Paint(instance, verdict, serve.where);
                       });
  }
  if (flags.service.empty())
    return Fail(ErrorCode::kUsage, "TARGET is required",
                "Name a RayService, as rayservice/NAME, or the cluster that serves, as cluster/NAME.");
  ASSIGN_OR_RETURN(const Target target, ParseServiceTarget(flags.service, "one"));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  return FollowRollout(context, ns, target, deadline, flags.watch,
                       [&painter](const Rollout& rollout) { painter.Paint(rollout); });
}

}  // namespace

void RolloutStatus(Leaf& leaf) {
  auto& flags = leaf.Flags<RolloutStatusFlags>();
  AddTargetArgument(leaf, &flags.service,
                    "A RayService: rayservice/NAME; or cluster/NAME, of one that serves without");
  leaf.Flag("-w,--watch", &flags.watch,
            "Look again until it is ready, has failed or is paused; =false: once");
  leaf.Flag("--timeout", &flags.timeout, "How long to wait for that; 0: without an end")
      ->capture_default_str();
  leaf.Flag("-o,--output", &flags.output, "json");
  leaf.FlagGroup("The dashboard of a cluster that serves without a RayService");
  AddDashboardUrlFlags(leaf, &flags.dashboard);
  leaf.FlagGroup("");
  leaf.Note(
      "Shows the active and the pending cluster of a RayService, their applications, deployments and pods, "
      "and whether "
      "what was last applied can finish. Of a cluster it shows what its dashboard says of Serve, in the same "
      "way.");
  leaf.ExitCodes({kExitOk, kExitFailure, kExitTimedOut, kExitPaused});
  leaf.Example("Wait until it serves what was applied, or cannot",
               "kubectl ray rollout status rayservice/sample-rayservice");
  leaf.Example("See how far it is", "kubectl ray rollout status rayservice/sample-rayservice --watch=false");
  leaf.Example("Wait until the applications of a cluster run that has no RayService",
               "kubectl ray rollout status cluster/demo");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
