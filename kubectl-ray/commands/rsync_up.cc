#include "kubectl-ray/commands/rsync_up.h"

#include <filesystem>

#include "kubectl-ray/commands/file_target.h"
#include "kubectl-ray/launcher/send_files.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

// What goes to which place.
struct RsyncCopy {
  std::string source;
  std::string target;
  LocalFiles files;
};

// A directory of file_mounts is what is in it.
std::string SourceOfMount(std::string local, const CommandContext& context) {
  if (local == "~" || local.starts_with("~/")) local.replace(0, 1, context.environment("HOME").value_or("~"));
  std::error_code ignored;
  if (std::filesystem::is_directory(local, ignored) && !local.ends_with('/')) local += '/';
  return local;
}

// SOURCE and TARGET, or all file_mounts if there are neither, as in Ray.
Result<std::vector<RsyncCopy>> WhatToCopy(const RsyncUpFlags& flags, const NamedCluster& cluster,
                                          const CommandContext& context) {
  const LauncherFile* launcher = cluster.file && cluster.file->launcher ? &*cluster.file->launcher : nullptr;
  std::vector<RsyncCopy> copies;
  if (!flags.source.empty()) {
    copies.push_back({flags.source, flags.target, {}});
  } else if (launcher == nullptr || launcher->file_mounts.empty()) {
    return Fail(ErrorCode::kUsage,
                "which files are to be copied? \"" + flags.file + "\" names no file_mounts",
                "`kubectl ray rsync-up FILE LOCAL REMOTE` says which.");
  } else {
    for (const LauncherFileMount& mount : launcher->file_mounts)
      copies.push_back({SourceOfMount(mount.local, context), mount.remote, {}});
  }
  for (RsyncCopy& copy : copies) {
    ASSIGN_OR_RETURN(copy.files, ReadSource(copy.source, launcher));
  }
  return copies;
}

// The head alone, or it and all workers that run now.
Result<std::vector<RayPod>> FindPods(const KubeClient& kube, const NamedCluster& cluster, bool all_nodes) {
  ASSIGN_OR_RETURN(const RayPod head, FindRunningHead(kube, cluster));
  std::vector<RayPod> pods = {head};
  if (!all_nodes) return pods;
  ASSIGN_OR_RETURN(const auto all, ListRayPods(kube, cluster.ns, cluster.name));
  for (const RayPod& pod : all)
    if (pod.node_type == "worker" && pod.running && !pod.deleting) pods.push_back(pod);
  return pods;
}

Result<int> Run(const RsyncUpFlags& flags, CommandContext& context) {
  TakeRaysLogFlags(flags.log, context.io);
  if (flags.source.empty() != flags.target.empty())
    return Fail(ErrorCode::kUsage, "where are the files to come to?",
                "Give both LOCAL and REMOTE, or neither for all file_mounts of the file.");
  ASSIGN_OR_RETURN(const NamedCluster cluster, ResolveFileTarget(flags.file, flags.cluster_name, context));
  ASSIGN_OR_RETURN(const std::vector<RsyncCopy> copies, WhatToCopy(flags, cluster, context));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const auto pods, FindPods(*kube, cluster, flags.all_nodes));
  if (flags.all_nodes)
    context.io.err
        << "Workers that start later do not get these files: file_mounts of `kubectl ray up` do that."
        << std::endl;
  for (const RsyncCopy& copy : copies)
    for (const RayPod& pod : pods) {
      TRY(SendFiles(*kube, pod, copy.files, copy.target, context.io));
      const FileTree& tree = copy.files.tree;
      context.io.err << shared::EscapeControl("copied " + std::to_string(tree.files.size()) +
                                              (tree.files.size() == 1 ? " file, " : " files, ") +
                                              shared::FormatBytes(tree.total_size) + ", to \"" + copy.target +
                                              "\" in pod \"" + pod.name + "\"")
                     << std::endl;
    }
  return kExitOk;
}

}  // namespace

void RsyncUp(Leaf& leaf) {
  auto& flags = leaf.Flags<RsyncUpFlags>();
  AddFileArgument(leaf, &flags.file, "The cluster's file, or its name");
  leaf.Argument("LOCAL", &flags.source,
                "A file or directory of this machine; with a slash at its end its contents", kNoNames);
  leaf.Argument("REMOTE", &flags.target, "Where it comes in the pod", kNoNames);
  AddClusterNameFlag(leaf, &flags.cluster_name);
  leaf.Flag("-A,--all-nodes", &flags.all_nodes, "Copy to all pods that run now, and not to the head alone");
  AddRaysLogFlags(leaf, &flags.log);
  leaf.Note(
      "Copies as `ray rsync-up` does, without rsync on either side: all files, each time, with their "
      "permission "
      "bits, and what links lead to. A path of the pod is relative to its home directory. The file's "
      "rsync_exclude and rsync_filter count. Without LOCAL and REMOTE all file_mounts are copied.");
  leaf.Example("A directory, into one of its name in the head's home directory",
               "kubectl ray rsync-up cluster.yaml project '~/'");
  leaf.Example("The contents of one, in all pods",
               "kubectl ray rsync-up demo project/ '~/project' --all-nodes");
  leaf.Example("All file_mounts again", "kubectl ray rsync-up cluster.yaml");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
