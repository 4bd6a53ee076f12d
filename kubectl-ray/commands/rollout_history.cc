#include "kubectl-ray/commands/rollout_history.h"

#include <algorithm>

#include "kubectl-ray/apply/field_change.h"
#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/list_printer.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/follow_rollout.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/services/history.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::IntAt;
using shared::Result;
using shared::StringAt;

constexpr std::size_t kFieldsShown = 3;

Json AsService(const Json& live, const Json& spec) {
  return {{"apiVersion", kRayServices.ApiVersion()},
          {"kind", kRayServices.kind},
          {"metadata",
           {{"name", At(live, {"metadata", "name"})}, {"namespace", At(live, {"metadata", "namespace"})}}},
          {"spec", spec}};
}

// A record a revision, with the fields in which it differs from the one before. The last one is what the
// service has now; its revision is null, since it is kept once something replaces it.
std::vector<Json> RecordsOf(std::vector<ServiceRevision> revisions, const Json& live) {
  const Json now = At(RevisionFor(live, 0), {"data", "spec"});
  std::vector<Json> records;
  const Json* before = nullptr;
  const auto add = [&](Json record, const Json& spec) {
    record["changed"] = Json::array();
    if (before != nullptr)
      for (const FieldChange& change : ChangesOf(AsService(live, *before), AsService(live, spec)))
        record["changed"].push_back(change.field);
    before = &spec;
    records.push_back(std::move(record));
  };
  for (const ServiceRevision& revision : revisions)
    add({{"revision", revision.number}, {"name", revision.name}, {"replaced", revision.made}}, revision.spec);
  Json present = {{"revision", Json()}};
  const auto same = std::find_if(revisions.rbegin(), revisions.rend(),
                                 [&](const ServiceRevision& revision) { return revision.spec == now; });
  if (same != revisions.rend()) present["sameAs"] = same->number;
  add(std::move(present), now);
  return records;
}

std::string ChangeOf(const Json& record) {
  std::string text;
  const Json& fields = At(record, {"changed"});
  for (std::size_t i = 0; i < std::min(fields.size(), kFieldsShown); ++i)
    text += (i == 0 ? "" : ", ") + fields[i].get<std::string>();
  if (fields.size() > kFieldsShown) text += " and " + std::to_string(fields.size() - kFieldsShown) + " more";
  if (const std::int64_t same = IntAt(record, {"sameAs"}); same > 0)
    text += (text.empty() ? "" : "; ") + ("as revision " + std::to_string(same));
  return text;
}

std::string NumberOf(const Json& record) {
  return At(record, {"revision"}).is_null() ? "now" : std::to_string(IntAt(record, {"revision"}));
}

std::vector<Column> HistoryColumns() {
  return {{"Revision", NumberOf},
          {"Replaced",
           [](const Json& record) {
             if (At(record, {"revision"}).is_null()) return std::string();
             return AgeOf({{"metadata", {{"creationTimestamp", At(record, {"replaced"})}}}}, Now()) + " ago";
           }},
          {"Changed", ChangeOf},
          {"Name", [](const Json& record) { return StringAt(record, {"name"}); }, true}};
}

Result<int> PrintHistory(const RolloutHistoryFlags& flags, const std::vector<ServiceRevision>& revisions,
                         const Json& live, CommandContext& context) {
  ListPrinter::Options print{.columns = HistoryColumns(), .name = NumberOf};
  ASSIGN_OR_RETURN(print.format, ParseOutputFormat(flags.output));
  const bool kept_alone = print.format.kind == OutputFormat::Kind::kName;  // what --to-revision takes
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(context.io, std::move(print)));
  for (Json& record : RecordsOf(revisions, live))
    if (!kept_alone || !At(record, {"revision"}).is_null()) printer.Add(std::move(record));
  printer.Finish();
  if (revisions.empty())
    context.io.err << "No earlier spec of it is kept: `kubectl ray apply` and `rollout undo` keep what they "
                      "replace.\n"
                   << std::flush;
  return kExitOk;
}

// As an object that `apply` takes.
Result<int> PrintRevision(const RolloutHistoryFlags& flags, const std::vector<ServiceRevision>& revisions,
                          const Json& live, const Target& target, CommandContext& context) {
  TRY(CheckOutput(flags.output, "none"));
  Result<ServiceRevision> revision = EarlierRevision(revisions, live, flags.revision);
  if (!revision)
    return Fail(revision.error().code,
                "cannot print the history of " + ToString(target) + ": " + revision.error().message,
                "`kubectl ray rollout history " + ToString(target) + "` lists those that are kept.");
  PrintObjects(context.io, flags.output, {AsService(live, revision->spec)});
  return kExitOk;
}

Result<int> Run(const RolloutHistoryFlags& flags, CommandContext& context) {
  if (flags.revision < 0) return Fail(ErrorCode::kUsage, "cannot use --revision: it is below 0");
  ASSIGN_OR_RETURN(const Target target, ParseServiceTarget(flags.service, "one"));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Json live, FindObject(*kube, ns, target));
  ASSIGN_OR_RETURN(const std::vector<ServiceRevision> revisions, ListRevisions(*kube, live));
  return flags.revision == 0 ? PrintHistory(flags, revisions, live, context)
                             : PrintRevision(flags, revisions, live, target, context);
}

}  // namespace

void RolloutHistory(Leaf& leaf) {
  auto& flags = leaf.Flags<RolloutHistoryFlags>();
  AddTargetArgument(leaf, &flags.service, "A RayService: rayservice/NAME")->required();
  leaf.Flag("--revision", &flags.revision, "Print this one as a whole; 0: a table of all")
      ->capture_default_str();
  leaf.Flag("-o,--output", &flags.output,
            "wide, json, yaml, name, jsonpath=TEMPLATE, custom-columns=HEADER:PATH,...; with --revision: "
            "yaml, json or name");
  leaf.Note(
      "Lists the specs that `kubectl ray apply` and `rollout undo` have replaced, the newest ten, and below "
      "them what the RayService has now; each with the fields that differ from the one before. `rollout undo "
      "--to-revision` goes back to one.");
  leaf.Example("What was changed, and when", "kubectl ray rollout history rayservice/sample-rayservice");
  leaf.Example("An earlier spec, as a file to apply",
               "kubectl ray rollout history rayservice/sample-rayservice --revision 3");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
