#include "kubectl-ray/commands/rollout_status.h"

#include <utility>

#include "kubectl-ray/cli/repaint.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/follow_rollout.h"
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

Result<int> Run(const RolloutStatusFlags& flags, CommandContext& context) {
  if (!flags.output.empty() && flags.output != "json")
    return Fail(ErrorCode::kUsage, "cannot print a rollout as \"" + flags.output + "\"", "Use -o json.");
  ASSIGN_OR_RETURN(const Target target, ParseServiceTarget(flags.service, "one"));
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", flags.timeout));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  Painter painter(context.io, flags.output == "json");
  return FollowRollout(context, ns, target,
                       timeout.count() == 0 ? Deadline::Never() : Deadline::After(timeout), flags.watch,
                       [&painter](const Rollout& rollout) { painter.Paint(rollout); });
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
  leaf.ExitCodes({kExitOk, kExitFailure, kExitTimedOut, kExitPaused});
  leaf.Example("Wait until it serves what was applied, or cannot",
               "kubectl ray rollout status rayservice/sample-rayservice");
  leaf.Example("See how far it is", "kubectl ray rollout status rayservice/sample-rayservice --watch=false");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
