#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/commands/get_flags.h"
#include "kubectl-ray/kinds/ray_cluster.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

shared::Result<int> Run(const Kind& kind, const GetFlags& flags, CommandContext& context) {
  ListPrinter::Options print{
      .columns = kind.columns(Now), .single = !flags.name.empty(), .watch = flags.watch};
  ASSIGN_OR_RETURN(print.format, ParseOutputFormat(flags.output));
  ASSIGN_OR_RETURN(const std::string ns, NamespaceFor(flags, context));
  if (flags.name.empty()) print.nothing = "No " + kind.resource.kind + "s found " + InNamespace(ns) + ".";
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(context.io, std::move(print)));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const bool served, kube->Serves(kind.resource));
  if (!served) return NotServed(kind);
  ListOptions list{.label_selector = flags.selector};
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

void AddKind(CLI::App& parent, CommandTable& table, const Kind& kind) {
  CLI::App* app = parent.add_subcommand(
      kind.noun, "Get " + kind.resource.kind + "s, where the KubeRay operator is installed");
  app->alias(kind.nouns);
  auto flags = std::make_shared<GetFlags>();
  app->add_option("NAME", flags->name, "only this one");
  AddGetFlags(*app, flags.get(), kind.nouns);
  AddWatchFlag(*app, flags.get());
  const std::string command = "  kubectl ray get " + kind.noun;
  app->footer("Examples:\n  # Those of the namespace, and each change of them\n" + command + "\n" + command +
              " --watch\n\n  # One of them, whole\n" + command + " demo -o yaml");
  table.Add(app, [&kind, flags](CommandContext& context) { return Run(kind, *flags, context); });
}

}  // namespace

void AddGetJob(CLI::App& parent, CommandTable& table) {
  for (const Kind* kind : Kinds())
    if (kind != &RayClusterKind()) AddKind(parent, table, *kind);
}

}  // namespace kubectl_ray
