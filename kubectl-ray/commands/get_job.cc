#include "kubectl-ray/clusters/columns.h"
#include "kubectl-ray/commands/get_flags.h"
#include "kubectl-ray/kinds/names.h"
#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

struct Noun {
  const char* name;  // as typed
  const char* plural;
  const Resource& resource;
  std::vector<Column> (*columns)(const Clock& now);
};

shared::Result<int> Run(const Noun& noun, const GetFlags& flags, CommandContext& context) {
  ListPrinter::Options print{
      .columns = noun.columns(Now), .single = !flags.name.empty(), .watch = flags.watch};
  ASSIGN_OR_RETURN(print.format, ParseOutputFormat(flags.output));
  ASSIGN_OR_RETURN(const std::string ns, NamespaceFor(flags, context));
  if (flags.name.empty()) print.nothing = "No " + noun.resource.kind + "s found " + InNamespace(ns) + ".";
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(context.io, std::move(print)));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const bool served, kube->Serves(noun.resource));
  if (!served)
    return Fail(ErrorCode::kNotFound,
                "this API server has no " + noun.resource.kind + "s: they come with the KubeRay operator",
                "Jobs of a cluster without it are listed by `kubectl ray job list`.");
  ListOptions list{.label_selector = flags.selector};
  if (!flags.name.empty()) list.field_selector = "metadata.name=" + flags.name;
  if (flags.watch) return WatchAndPrint(*kube, noun.resource, ns, list, printer, context.io);
  bool any = false;
  TRY(kube->List(noun.resource, ns, list, [&](Json item) {
    any = true;
    printer.Add(std::move(item));
    return context.io.out.good();
  }));
  if (!any && !flags.name.empty())
    return Fail(ErrorCode::kNotFound,
                noun.resource.kind + " \"" + flags.name + "\" not found " + InNamespace(ns));
  printer.Finish();
  return kExitOk;
}

void AddNoun(Leaf& leaf, const Noun& noun, const char* argument, Names names) {
  auto& flags = leaf.Flags<GetFlags>();
  leaf.Argument(argument, &flags.name, "Only this one", std::move(names));
  AddGetFlags(leaf, &flags, noun.plural);
  AddWatchFlag(leaf, &flags);
  const std::string command = std::string("kubectl ray get ") + noun.name;
  leaf.Example("Those of the namespace, and each change of them", command, command + " --watch");
  leaf.Example("One of them, whole", command + " demo -o yaml");
  leaf.Run([noun, &flags](CommandContext& context) { return Run(noun, flags, context); });
}

}  // namespace

void GetJob(Leaf& leaf) { AddNoun(leaf, {"job", "jobs", kRayJobs, JobColumns}, "RAYJOB", RayJobNames); }

void GetService(Leaf& leaf) {
  AddNoun(leaf, {"service", "services", kRayServices, ServiceColumns}, "RAYSERVICE", RayServiceNames);
}

}  // namespace kubectl_ray
