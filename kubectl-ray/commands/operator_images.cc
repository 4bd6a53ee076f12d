#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/manifests/cluster_spec.h"
#include "kubectl-ray/operator/release.h"

namespace kubectl_ray {
namespace {

struct Options {
  std::string version;
  bool all = false;
};

shared::Result<int> Run(const Options& options, CommandContext& context) {
  ASSIGN_OR_RETURN(const OperatorRelease* release, FindOperatorRelease(options.version));
  for (const OperatorRelease& one : OperatorReleases())
    if (options.all || &one == release) context.io.out << one.image() << '\n';
  context.io.out << "rayproject/ray:" << kDefaultRayVersion << '\n';
  return kExitOk;
}

}  // namespace

void OperatorImages(Leaf& leaf) {
  auto& flags = leaf.Flags<Options>();
  leaf.Flag("--version", &flags.version,
            "The release of KubeRay [" + OperatorReleases().back().version + "]");
  leaf.Flag("--all", &flags.all, "Those of all releases that this program carries");
  leaf.Note(
      "These are the operator's, and Ray's as `create cluster` takes it. Autoscaler, submitters of RayJobs "
      "and clean-up "
      "of Redis run in Ray's. The agent needs none: it comes with this program.");
  leaf.Example("What a mirror has to have", "kubectl ray operator images");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
