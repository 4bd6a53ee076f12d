#include "kubectl-ray/commands/doctor.h"

#include <algorithm>

#include "kubectl-ray/apply/manifest.h"
#include "kubectl-ray/checks/check.h"
#include "kubectl-ray/checks/cluster_checks.h"
#include "kubectl-ray/checks/gather_facts.h"
#include "kubectl-ray/checks/manifest.h"
#include "kubectl-ray/checks/report.h"
#include "kubectl-ray/cli/list_printer.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/jobs/dashboard.h"
#include "kubectl-ray/kinds/kinds.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::StringAt;

// What was examined: a namespace, a cluster, or an object of a file.
struct Examined {
  std::string title;  // empty unless there may be several
  Facts facts;
  std::vector<CheckResult> results;
};

// Puts "FILE:LINE: " before each finding about a field. The operator's rules name fields of the object
// itself.
void PlaceFindings(const Manifest& manifest, std::vector<CheckResult>* results) {
  const std::string kind = StringAt(manifest.object, {"kind"});
  for (CheckResult& result : *results)
    for (Finding& finding : result.findings) {
      if (finding.level == Level::kOk) continue;
      if (result.check->look == CheckAccepted) finding.evidence = manifest.WithPlaces(finding.evidence);
      if (finding.field.empty()) continue;
      if (result.check->look != CheckOperatorRules) finding.field = FieldOfManifest(kind, finding.field);
      finding.evidence = manifest.Place(finding.field) + ": " + finding.evidence;
    }
}

shared::Result<std::vector<Examined>> ExamineFile(const DoctorFlags& flags, CommandContext& context,
                                                  DoctorQuestion question, const KubeClient& kube) {
  ASSIGN_OR_RETURN(const std::vector<Manifest> manifests,
                   ReadManifests({flags.filename}, false, context.io.in));
  std::vector<Examined> examined;
  for (const Manifest& manifest : manifests) {
    const std::string kind = StringAt(manifest.object, {"kind"});
    if (FindKind(kind) == nullptr) continue;  // what stands beside it, such as a ConfigMap
    question.file = manifest.Place("");
    question.manifest = manifest.object;
    ASSIGN_OR_RETURN(Facts facts, GatherFacts(kube, question, {}));
    std::vector<CheckResult> results = RunChecks(facts, flags.suppress);
    PlaceFindings(manifest, &results);
    examined.push_back(
        {ObjectName(manifest.object) + " of " + question.file, std::move(facts), std::move(results)});
  }
  if (!examined.empty()) return examined;
  return Fail(ErrorCode::kUsage, "cannot examine \"" + flags.filename + "\": it holds no " + KindTypes("or"));
}

// What takes time or makes a pod is done for a cluster alone, and only if it is asked for.
shared::Status AskForMore(const DoctorFlags& flags, DoctorQuestion* question) {
  constexpr std::chrono::hours kLongest(1);
  question->stranger = flags.probe;
  if (!flags.idle.empty()) {
    ASSIGN_OR_RETURN(const auto idle, shared::ParseDuration("--idle", flags.idle));
    question->idle = std::chrono::duration_cast<std::chrono::seconds>(idle);
    if (question->idle.count() == 0 || idle > kLongest)
      return Fail(ErrorCode::kUsage, "cannot wait \"" + flags.idle + "\" for --idle", "Give 1s to 1h.");
    if (flags.no_exec) return Fail(ErrorCode::kUsage, "cannot use --idle and --no-exec together");
  }
  if (flags.cluster.empty() && (flags.probe || !flags.idle.empty()))
    return Fail(ErrorCode::kUsage,
                std::string("cannot use ") + (flags.probe ? "--probe" : "--idle") + " without CLUSTER",
                "It is about the pods of a cluster that runs.");
  return shared::Ok();
}

shared::Result<std::vector<Examined>> Examine(const DoctorFlags& flags, CommandContext& context) {
  DoctorQuestion question{.cluster = flags.cluster, .in_pods = !flags.no_exec};
  if (!flags.filename.empty() && !flags.cluster.empty())
    return Fail(ErrorCode::kUsage, "cannot use CLUSTER and --filename together");
  TRY(AskForMore(flags, &question));
  ASSIGN_OR_RETURN(question.ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  if (!flags.filename.empty()) return ExamineFile(flags, context, std::move(question), *kube);
  ASSIGN_OR_RETURN(Facts facts, GatherFacts(*kube, question, ReaderOf(context, question.cluster)));
  std::vector<CheckResult> results = RunChecks(facts, flags.suppress);
  std::vector<Examined> examined;
  examined.push_back({"", std::move(facts), std::move(results)});
  return examined;
}

shared::Status CheckSuppressed(const std::vector<std::string>& codes) {
  std::vector<std::string> known;
  for (const Check& check : Checks()) known.push_back(check.code);
  for (const std::string& code : codes)
    if (std::find(known.begin(), known.end(), code) == known.end())
      return Fail(ErrorCode::kUsage, "cannot suppress \"" + code + "\": there is no such check",
                  "The codes are " + known.front() + " to " + known.back() + "; -o json prints them.");
  return shared::Ok();
}

// The name of a finding is its code: what --suppress takes.
shared::Status Print(const OutputFormat& format, CommandContext& context,
                     const std::vector<Examined>& examined) {
  const bool wide = format.kind == OutputFormat::Kind::kWide;
  if (wide || format.kind == OutputFormat::Kind::kTable) {
    for (const Examined& one : examined) {
      if (!one.title.empty()) context.io.out << shared::EscapeControl(one.title) << "\n\n";
      context.io.out << RenderChecks(one.results, context.io.color && context.io.out_is_terminal, wide);
    }
    return shared::Ok();
  }
  ListPrinter::Options print{.format = format, .columns = {}};
  print.name = [](const shared::Json& finding) { return StringAt(finding, {"code"}); };
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(context.io, std::move(print)));
  for (const Examined& one : examined)
    for (shared::Json& finding : FindingsToJson(one.results)) printer.Add(std::move(finding));
  printer.Finish();
  return shared::Ok();
}

shared::Status Report(const std::string& path, CommandContext& context,
                      const std::vector<Examined>& examined) {
  std::vector<ReportFile> files;
  for (std::size_t i = 0; i < examined.size(); ++i)
    for (auto& [name, text] : ReportFiles(examined[i].facts, examined[i].results))
      files.emplace_back((examined.size() == 1 ? "" : std::to_string(i + 1) + "/") + name, std::move(text));
  TRY(WriteReport(path, files));
  context.io.err << "Wrote " << path << ": look into it before you hand it on." << std::endl;
  return shared::Ok();
}

ExitCode CodeOf(const std::vector<Examined>& examined) {
  Level worst = Level::kOk;
  for (const Examined& one : examined)
    for (const CheckResult& result : one.results) worst = std::max(worst, result.level());
  return worst == Level::kFail ? kExitFailure : worst == Level::kWarn ? kExitWarned : kExitOk;
}

shared::Result<int> Run(const DoctorFlags& flags, CommandContext& context) {
  ASSIGN_OR_RETURN(const OutputFormat format, ParseOutputFormat(flags.output));
  TRY(CheckSuppressed(flags.suppress));
  ASSIGN_OR_RETURN(const std::vector<Examined> examined, Examine(flags, context));
  TRY(Print(format, context, examined));
  if (!flags.report.empty()) TRY(Report(flags.report, context, examined));
  return CodeOf(examined);
}

}  // namespace

void Doctor(Leaf& leaf) {
  auto& flags = leaf.Flags<DoctorFlags>();
  AddClusterArgument(leaf, &flags.cluster,
                     "The cluster to examine; else only what a cluster would meet here");
  leaf.Flag("-f,--filename", &flags.filename,
            "Examine what the Ray objects of this file, or of a folder's files, would meet");
  leaf.Flag("-o,--output", &flags.output, "One of wide, json, yaml, name, jsonpath=, custom-columns=");
  leaf.Flag("--suppress", &flags.suppress, "Leave out the check with this code; may be repeated");
  leaf.Flag("--report", &flags.report, "Write findings and facts, without secrets, into this new zip");
  leaf.Flag("--no-exec", &flags.no_exec, "Run nothing in the cluster's pods");
  leaf.Flag("--idle", &flags.idle,
            "Keep a silent stream to the head open for this time, and report when something cuts it: 2m");
  leaf.Flag("--probe", &flags.probe,
            "Make a pod that tries what the NetworkPolicies forbid, and delete it again");
  leaf.Note(
      "Nothing is stored in the API server without --probe, and what may not be looked at is reported as "
      "hidden. In the pods of a cluster it runs a few lines of Python that look up the head's name and try "
      "connections.");
  leaf.ExitCodes({kExitOk, kExitFailure, kExitWarned});
  leaf.Example("Is this namespace fit for Ray?", "kubectl ray doctor");
  leaf.Example("What is wrong with a cluster", "kubectl ray doctor demo");
  leaf.Example("Before it is made", "kubectl ray doctor -f cluster.yaml --suppress KR304");
  leaf.Example("What of the network only time and a pod of its own show",
               "kubectl ray doctor demo --idle 2m --probe");
  leaf.Example("For somebody who may not look at it", "kubectl ray doctor demo --report doctor.zip");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
