#include "kubectl-ray/commands/logs.h"
#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/logs/fetch_logs.h"
#include "kubectl-ray/logs/follow_logs.h"
#include "kubectl-ray/logs/pod_log.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

Result<LogOptions> ReadFlags(const LogsFlags& flags) {
  LogOptions options;
  options.follow = flags.follow;
  options.previous = flags.previous;
  options.timestamps = flags.timestamps;
  options.prefix = !flags.no_prefix;
  options.component = flags.component;
  if (flags.follow && flags.previous)
    return Fail(ErrorCode::kUsage, "--follow and --previous contradict: what has ended does not go on");
  if (!flags.target.out_dir.empty() && flags.follow)
    return Fail(ErrorCode::kUsage, "--out-dir and --follow contradict: files are fetched once");
  if (!flags.since.empty()) {
    ASSIGN_OR_RETURN(const auto since, shared::ParseDuration("--since", flags.since));
    options.since = std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(since));
  }
  if (flags.tail && *flags.tail >= 0) options.tail = flags.tail;  // -1 is kubectl's word for all
  if (flags.tail && *flags.tail < -1) return Fail(ErrorCode::kUsage, "--tail has to be a number of lines");
  if (!flags.grep.empty()) {
    ASSIGN_OR_RETURN(options.grep, LogPattern::Compile(flags.grep));
  }
  return options;
}

// Pod after pod. One that has no log (yet) is said and passed over; that none has is an error.
Result<int> PrintLogs(const KubeClient& kube, const LogOptions& options, Streams& io) {
  ASSIGN_OR_RETURN(const auto pods, ListRayPods(kube, options.ns, options.cluster, options.node_type));
  LogPrinter printer(io, options, options.prefix && pods.size() > 1);
  std::optional<shared::Error> failure;
  std::size_t read = 0;
  for (const RayPod& pod : pods) {
    PodLog log(kube, options, &printer);
    const shared::Status outcome = log.Read(pod, options.previous);
    if (log.output_gone()) return kExitFailure;
    if (outcome) {
      ++read;
      continue;
    }
    if (outcome.error().code == ErrorCode::kInterrupted) return shared::Unexpected(outcome.error());
    if (pods.size() > 1) printer.Say("pod \"" + pod.name + "\": " + outcome.error().message);
    failure = outcome.error();
  }
  if (read == 0 && failure) return shared::Unexpected(*std::move(failure));
  return kExitOk;
}

Result<int> FetchToDirectory(const KubeClient& kube, const LogOptions& options, const std::string& out_dir,
                             Streams& io) {
  io.out << official::WhichNodes(options.node_type) << std::endl;
  ASSIGN_OR_RETURN(const auto pods, ListRayPods(kube, options.ns, options.cluster, options.node_type));
  TRY(FetchLogs(kube, pods, out_dir, io));
  return kExitOk;
}

Result<int> RunLogs(const LogsFlags& flags, CommandContext& context) {
  ASSIGN_OR_RETURN(LogOptions options, ReadFlags(flags));
  ASSIGN_OR_RETURN(const Target target, ReadLogTarget(flags.target));
  TRY(FindLogTarget(context, flags.target, target, &options));
  if (!flags.target.link.empty()) return PrintLogLink(context, options);
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  if (!flags.target.out_dir.empty())
    return FetchToDirectory(*kube, options, flags.target.out_dir, context.io);
  if (!options.follow) return PrintLogs(*kube, options, context.io);
  // Named wrongly, a cluster would be waited for in vain.
  TRY(ListRayPods(*kube, options.ns, options.cluster, options.node_type));
  LogPrinter printer(context.io, options, options.prefix);
  const shared::Status outcome = FollowLogs(*kube, options, &context.interrupt, &printer);
  if (!outcome && outcome.error().code == ErrorCode::kInterrupted) return kExitInterrupted;
  if (!outcome) return shared::Unexpected(outcome.error());
  return kExitOk;
}

}  // namespace

void Logs(Leaf& leaf) {
  auto& flags = leaf.Flags<LogsFlags>();
  AddLogTarget(leaf, &flags.target, "Fetch all of Ray's log files into this directory instead");
  leaf.Flag("-f,--follow", &flags.follow, "Go on with what is logged from now on, of new pods too");
  leaf.Flag("--since", &flags.since, "Only what is newer than this, such as 10m or 2h");
  leaf.Flag("--tail", &flags.tail, "Only the last lines of each pod; -1: all");
  leaf.Flag("-p,--previous", &flags.previous, "The log of each container's instance before this one");
  leaf.Flag("--grep", &flags.grep, "Only lines that match this extended regular expression");
  leaf.Flag("--component", &flags.component, "Only lines of a part of Ray, such as raylet or gcs_server");
  leaf.Flag("--timestamps", &flags.timestamps, "Begin each line with the time it was logged");
  leaf.Flag("--no-prefix", &flags.no_prefix, "Do not begin each line with its pod's name");
  leaf.Example("The end of what each pod has logged; all of it, and what comes",
               "kubectl ray logs demo --tail 20", "kubectl ray logs demo --follow");
  leaf.Example("One part of Ray in the head; what a crashed container said last",
               "kubectl ray logs demo --node-type head --component gcs_server",
               "kubectl ray logs demo --previous");
  leaf.Example("All of Ray's log files", "kubectl ray logs demo --out-dir demo-logs");
  leaf.Run([&flags](CommandContext& context) { return RunLogs(flags, context); });
}

}  // namespace kubectl_ray
