#include "kubectl-ray/commands/rsync_down.h"

#include "kubectl-ray/commands/file_target.h"
#include "kubectl-ray/launcher/fetch_files.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

Result<int> Run(const RsyncDownFlags& flags, CommandContext& context) {
  TakeRaysLogFlags(flags.log, context.io);
  if (flags.target.empty())
    return Fail(ErrorCode::kUsage, "which files are to be copied, and to which place here?",
                "`kubectl ray rsync-down FILE REMOTE LOCAL` wants both; a file's file_mounts go up alone.");
  ASSIGN_OR_RETURN(const NamedCluster cluster, ResolveFileTarget(flags.file, flags.cluster_name, context));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const RayPod head, FindRunningHead(*kube, cluster));
  TRY(FetchFiles(*kube, head, flags.source, flags.target, context.io));
  return kExitOk;
}

}  // namespace

void RsyncDown(Leaf& leaf) {
  auto& flags = leaf.Flags<RsyncDownFlags>();
  AddFileArgument(leaf, &flags.file, "The cluster's file, or its name");
  leaf.Argument("REMOTE", &flags.source,
                "A file or directory of the head; with a slash at its end its contents", kNoNames);
  leaf.Argument("LOCAL", &flags.target, "Where it comes here", kNoNames);
  AddClusterNameFlag(leaf, &flags.cluster_name);
  AddRaysLogFlags(leaf, &flags.log);
  leaf.Note(
      "Copies as `ray rsync-down` does, without rsync on either side: all files, each time, with their "
      "permission bits. A path of the head is relative to its home directory. A link that leads out of what "
      "is "
      "copied is left out, with a note.");
  leaf.Example("A directory of results, into one of its name here",
               "kubectl ray rsync-down cluster.yaml '~/ray_results' .");
  leaf.Example("The contents of one", "kubectl ray rsync-down demo /tmp/ray/session_latest/logs/ head-logs");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
