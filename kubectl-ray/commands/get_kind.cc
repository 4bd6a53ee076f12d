#include "kubectl-ray/commands/get_kind.h"

#include <algorithm>
#include <cctype>

#include "kubectl-ray/commands/cron_job.h"
#include "kubectl-ray/commands/get_flags.h"
#include "kubectl-ray/kinds/names.h"
#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

shared::Result<int> Run(const Kind& kind, const GetFlags& flags, CommandContext& context) {
  ListPrinter::Options print{.columns = kind.columns(Now),
                             .fields = kind.fields,
                             .single = !flags.name.empty(),
                             .watch = flags.watch};
  ASSIGN_OR_RETURN(print.format, ParseOutputFormat(flags.output));
  ASSIGN_OR_RETURN(const std::string ns, NamespaceFor(flags, context));
  if (flags.name.empty()) print.nothing = "No " + kind.resource.kind + "s found " + InNamespace(ns) + ".";
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(context.io, std::move(print)));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const bool served, kube->Serves(kind.resource));
  if (!served) return NotServed(kind);
  if (kind.resource == kRayCronJobs) WarnIfNothingRuns(*kube, ns, context.io);
  ListOptions list{.label_selector = flags.selector, .fields = printer.fields()};
  if (!flags.name.empty()) list.field_selector = "metadata.name=" + flags.name;
  if (flags.watch) return WatchAndPrint(*kube, kind.resource, ns, list, printer, context.io);
  bool any = false;
  TRY(kube->List(kind.resource, ns, list, [&](Json item) {
    any = true;
    printer.Add(std::move(item));
    return context.io.out.good();
  }));
  if (!any && !flags.name.empty())
    return Fail(ErrorCode::kNotFound,
                kind.resource.kind + " \"" + flags.name + "\" not found " + InNamespace(ns));
  printer.Finish();
  return kExitOk;
}

}  // namespace

void GetKind(Leaf& leaf, const Kind& kind) {
  auto& flags = leaf.Flags<GetFlags>();
  std::string argument = kind.type;
  std::transform(argument.begin(), argument.end(), argument.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  leaf.Argument(
      argument, &flags.name, "Only this one",
      [&kind](const KubeClient& kube, const std::string& ns) { return NamesOfKind(kind, kube, ns); });
  AddGetFlags(leaf, &flags, kind.nouns);
  AddWatchFlag(leaf, &flags);
  const std::string command = "kubectl ray get " + kind.noun;
  leaf.Example("Those of the namespace, and each change of them", command, command + " --watch");
  leaf.Example("One of them, whole", command + " demo -o yaml");
  leaf.Run([&kind, &flags](CommandContext& context) { return Run(kind, flags, context); });
}

}  // namespace kubectl_ray
