#include "kubectl-ray/commands/doctor.h"

#include <algorithm>

#include "kubectl-ray/checks/check.h"
#include "kubectl-ray/checks/gather_facts.h"
#include "kubectl-ray/checks/report.h"
#include "kubectl-ray/cli/list_printer.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/jobs/dashboard.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::StringAt;

shared::Result<DoctorQuestion> QuestionOf(const DoctorFlags& flags, CommandContext& context) {
  DoctorQuestion question{.cluster = flags.cluster, .file = flags.filename, .in_pods = !flags.no_exec};
  ASSIGN_OR_RETURN(question.ns, context.Namespace());
  if (flags.filename.empty()) return question;
  if (!flags.cluster.empty()) return Fail(ErrorCode::kUsage, "cannot use CLUSTER and --filename together");
  ASSIGN_OR_RETURN(const std::string text, ReadYamlFile(flags.filename, context.io.in));
  ASSIGN_OR_RETURN(question.manifest, ParseYaml(flags.filename, text));
  return question;
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
shared::Status Print(const DoctorFlags& flags, CommandContext& context,
                     const std::vector<CheckResult>& results) {
  ASSIGN_OR_RETURN(const OutputFormat format, ParseOutputFormat(flags.output));
  if (format.kind == OutputFormat::Kind::kTable || format.kind == OutputFormat::Kind::kWide) {
    context.io.out << RenderChecks(results, context.io.color && context.io.out_is_terminal,
                                   format.kind == OutputFormat::Kind::kWide);
    return shared::Ok();
  }
  ListPrinter::Options print{.format = format, .columns = {}};
  print.name = [](const shared::Json& finding) { return StringAt(finding, {"code"}); };
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(context.io, std::move(print)));
  for (shared::Json& finding : FindingsToJson(results)) printer.Add(std::move(finding));
  printer.Finish();
  return shared::Ok();
}

ExitCode CodeOf(const std::vector<CheckResult>& results) {
  Level worst = Level::kOk;
  for (const CheckResult& result : results) worst = std::max(worst, result.level());
  return worst == Level::kFail ? kExitFailure : worst == Level::kWarn ? kExitWarned : kExitOk;
}

shared::Result<int> Run(const DoctorFlags& flags, CommandContext& context) {
  TRY(ParseOutputFormat(flags.output));
  TRY(CheckSuppressed(flags.suppress));
  ASSIGN_OR_RETURN(const DoctorQuestion question, QuestionOf(flags, context));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Facts facts, GatherFacts(*kube, question, ReaderOf(context, question.cluster)));
  const std::vector<CheckResult> results = RunChecks(facts, flags.suppress);
  TRY(Print(flags, context, results));
  if (!flags.report.empty()) {
    TRY(WriteReport(flags.report, ReportFiles(facts, results)));
    context.io.err << "Wrote " << flags.report << ": look into it before you hand it on." << std::endl;
  }
  return CodeOf(results);
}

}  // namespace

void Doctor(Leaf& leaf) {
  auto& flags = leaf.Flags<DoctorFlags>();
  AddClusterArgument(leaf, &flags.cluster,
                     "The cluster to examine; else only what a cluster would meet here");
  leaf.Flag("-f,--filename", &flags.filename,
            "Examine what this file's RayCluster, RayJob or RayService would meet");
  leaf.Flag("-o,--output", &flags.output, "One of wide, json, yaml, name, jsonpath=, custom-columns=");
  leaf.Flag("--suppress", &flags.suppress, "Leave out the check with this code; may be repeated");
  leaf.Flag("--no-exec", &flags.no_exec, "Run nothing in the cluster's pods");
  leaf.Note(
      "Nothing is stored in the API server, and what may not be looked at is reported as hidden. In the pods "
      "of a cluster it runs a few lines of Python that try connections.");
  leaf.ExitCodes({kExitOk, kExitFailure, kExitWarned});
  leaf.Example("Is this namespace fit for Ray?", "kubectl ray doctor");
  leaf.Example("What is wrong with a cluster", "kubectl ray doctor demo");
  leaf.Example("Before it is made", "kubectl ray doctor -f cluster.yaml --suppress KR304");
  leaf.Example("For somebody who may not look at it", "kubectl ray doctor demo --report doctor.zip");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
