#include <algorithm>

#include "kubectl-ray/cli/confirm.h"
#include "kubectl-ray/cli/print_diff.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/clusters/create.h"
#include "kubectl-ray/commands/agent_flags.h"
#include "kubectl-ray/commands/inject.h"
#include "kubectl-ray/formats/unified_diff.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/injection/injection.h"
#include "kubectl-ray/kinds/workloads.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::Json;

// One object and what it becomes.
struct Change {
  Workload workload;
  Json before, after;
};

// Returns the JSON merge patch (RFC 7386) that makes `before` into `after`.
Json MergePatch(const Json& before, const Json& after) {
  Json patch = Json::object();
  for (const auto& [key, value] : after.items()) {
    const Json& was = At(before, {key});
    if (was == value) continue;
    patch[key] = was.is_object() && value.is_object() ? MergePatch(was, value) : value;
  }
  for (const auto& [key, value] : before.items())
    if (!after.contains(key)) patch[key] = nullptr;
  return patch;
}

shared::Result<Change> Plan(const KubeClient& kube, const std::string& ns, const Workload& workload,
                            bool inject, const AgentOptions& agent, CommandContext& context) {
  ASSIGN_OR_RETURN(Json object, kube.Get(workload.resource, ns, workload.name));
  object["metadata"].erase("managedFields");
  object.erase("status");
  Change change{workload, object, {}};
  const std::string name = ObjectName(object), text = DumpYaml(object);
  const Injection done = inject ? Inject(name, text, agent) : Uninject(name, text);
  for (const std::string& note : done.notes)
    context.io.err << "note: " << shared::EscapeControl(note) << "\n";
  if (!done.errors.empty()) return shared::Unexpected(done.errors.front());
  if (done.objects.empty())
    return Fail(ErrorCode::kUsage, "cannot change " + name + ": none of its pods runs Ray",
                "The agent takes the place of `ray start`, or of KubeRay's own command.");
  ASSIGN_OR_RETURN(change.after, ParseYaml(name, done.text));
  return change;
}

// Says what happens to pods, and asks. False: not now.
shared::Result<bool> IsWanted(const std::vector<Change>& changes, const InjectFlags& flags,
                              CommandContext& context) {
  std::string listed;
  for (const Change& change : changes)
    listed +=
        "\n- " + ObjectName(change.before) + ": " + shared::EscapeControl(EffectOfNewTemplate(change.before));
  if (flags.dry_run != "none" || flags.yes) {
    context.io.err << "What this changes:" << listed << "\n";
    return true;
  }
  return Confirm(context.io, context.interrupt,
                 "Are you sure you want to change these objects?" + listed + "\n");
}

shared::Result<Json> Send(const KubeClient& kube, const std::string& ns, const Change& change, bool dry_run) {
  Json patch = MergePatch(change.before, change.after);
  // Lists are replaced whole, so nobody may have changed one meanwhile.
  patch["metadata"]["resourceVersion"] = shared::StringAt(change.before, {"metadata", "resourceVersion"});
  return kube.Patch(change.workload.resource, ns, change.workload.name, patch, "application/merge-patch+json",
                    {.dry_run = dry_run});
}

// All are looked up before the first is changed: a wrong name among several changes none.
shared::Result<std::vector<Change>> PlanAll(const KubeClient& kube, const std::string& ns,
                                            const InjectFlags& flags, bool inject, CommandContext& context) {
  AgentOptions agent;
  if (inject) {
    ASSIGN_OR_RETURN(agent, AgentFrom(flags.agent_image, flags.agent_metrics));
  }
  std::vector<Workload> workloads;
  for (const std::string& text : flags.objects) {
    ASSIGN_OR_RETURN(Workload workload, ParseWorkload(text));
    if (std::find(workloads.begin(), workloads.end(), workload) == workloads.end())
      workloads.push_back(std::move(workload));
  }
  std::vector<Change> changes;
  for (const Workload& workload : workloads) {
    ASSIGN_OR_RETURN(Change change, Plan(kube, ns, workload, inject, agent, context));
    if (change.before == change.after)
      context.io.err << ObjectName(change.before)
                     << (inject ? " has the agent already\n" : " was not injected\n");
    else
      changes.push_back(std::move(change));
  }
  return changes;
}

void PrintDiffs(const std::vector<Change>& changes, Streams& io) {
  for (const Change& change : changes) {
    const std::string name = ObjectName(change.before);
    PrintDiff(io, UnifiedDiff(name, DumpYaml(change.before), name, DumpYaml(change.after)));
  }
}

void PrintChanged(std::vector<Change> changes, Streams& io) {
  std::vector<Json> objects;
  for (Change& change : changes) objects.push_back(std::move(change.after));
  PrintObjects(io, "yaml", std::move(objects));
}

}  // namespace

shared::Result<int> InjectObjects(const InjectFlags& flags, bool inject, CommandContext& context) {
  TRY(CheckOutput("", flags.dry_run));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(std::vector<Change> changes, PlanAll(*kube, ns, flags, inject, context));
  if (flags.diff) {
    PrintDiffs(changes, context.io);
    return kExitOk;
  }
  if (changes.empty()) return kExitOk;
  ASSIGN_OR_RETURN(const bool wanted, IsWanted(changes, flags, context));
  if (!wanted) return kExitOk;
  if (flags.dry_run == "client") {
    PrintChanged(std::move(changes), context.io);
    return kExitOk;
  }
  const bool dry_run = flags.dry_run == "server";
  if (inject && flags.agent_image.empty() && flags.config_map != "omit")
    TRY(EnsureAgent(*kube, ns, EmbeddedAgents(), dry_run));
  for (const Change& change : changes) {
    ASSIGN_OR_RETURN(const Json sent, Send(*kube, ns, change, dry_run));
    context.io.out << ObjectName(sent) << (inject ? " injected" : " uninjected")
                   << (dry_run ? " (server dry run)" : "") << std::endl;
  }
  return kExitOk;
}

}  // namespace kubectl_ray
