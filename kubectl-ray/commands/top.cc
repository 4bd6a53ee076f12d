#include "kubectl-ray/commands/top.h"

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <utility>

#include "kubectl-ray/cli/list_printer.h"
#include "kubectl-ray/cli/repaint.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/get_flags.h"
#include "kubectl-ray/jobs/agent_samples.h"
#include "kubectl-ray/jobs/dashboard.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/names.h"
#include "kubectl-ray/kube/object_fields.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "kubectl-ray/usage/usage.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Error;
using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;

// Ray's agents measure every five seconds (REPORTER_UPDATE_INTERVAL_MS).
constexpr std::chrono::seconds kLookAgain(5);
constexpr int kPodsAtOnce = 100;                // in memory: a pod of KubeRay's is some ten kilobytes
constexpr std::chrono::seconds kPatience(30);   // for one cluster's dashboard
constexpr std::chrono::seconds kAgentsFor(60);  // after that a watch asks the dashboard again

using PodsByCluster = std::map<std::string, std::vector<LimitedPod>>;

// Where a cluster's numbers come from; kept for the next look.
struct Source {
  std::unique_ptr<Dashboard> dashboard;                                              // if it was reached
  Error failure;                                                                     // of the dashboard
  shared::Deadline agents_until = shared::Deadline::After(std::chrono::seconds(0));  // asked in its place
  std::string noted;  // what was printed of the source
};
using Sources = std::map<std::string, Source>;

std::string ClusterOf(const TopFlags& flags, UsageOf what) {
  return what == UsageOf::kClusterSums ? flags.name : flags.cluster;
}

Result<PodsByCluster> ListPods(const TopFlags& flags, UsageOf what, const KubeClient& kube,
                               const std::string& ns) {
  ListOptions options{.label_selector = std::string(kIsRayNodeLabel) + "=yes",
                      .page_size = kPodsAtOnce,
                      .fields = WithoutManagedFields()};
  if (const std::string cluster = ClusterOf(flags, what); !cluster.empty())
    options.label_selector += std::string(",") + kClusterLabel + "=" + cluster;
  if (what != UsageOf::kClusterSums && !flags.name.empty())
    options.field_selector = "metadata.name=" + flags.name;
  PodsByCluster pods;
  TRY(kube.List(kPods, ns, options, [&](const Json& pod) {
    LimitedPod limited = ReadLimitedPod(pod);
    if (!IsOver(pod) && !limited.cluster.empty()) pods[limited.cluster].push_back(std::move(limited));
    return true;
  }));
  return pods;
}

Result<std::vector<NodeSample>> AskDashboard(CommandContext& context, const std::string& cluster,
                                             std::unique_ptr<Dashboard>* dashboard) {
  if (*dashboard == nullptr) {
    DashboardAddress address;
    address.cluster = cluster;
    ASSIGN_OR_RETURN(*dashboard, ConnectDashboard(context, address));
  }
  auto samples = (*dashboard)->jobs().NodeSamples(shared::Deadline::After(kPatience));
  if (!samples) dashboard->reset();
  return samples;
}

double SecondsNow() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

struct Look {
  std::vector<Usage> rows;
  std::map<std::string, Error> failures;      // by cluster: nothing is known of it
  std::map<std::string, std::string> agents;  // by cluster: a note, if its agents were asked
  std::size_t clusters = 0;

  bool none_answered() const { return clusters > 0 && failures.size() == clusters; }
};

std::vector<PodPort> AgentsOf(const std::vector<LimitedPod>& pods) {
  std::vector<PodPort> agents;
  for (const LimitedPod& pod : pods)
    if (pod.running) agents.push_back({pod.ns, pod.name, pod.metrics_port});
  return agents;
}

std::string NoteOfAgents(const Error& dashboard, const AgentAnswers& answers) {
  std::string note = "the numbers are those that its agents have now, asked pod by pod: " + dashboard.message;
  if (answers.unread.empty()) return note;
  const auto& [pod, why] = *answers.unread.begin();
  const std::size_t asked = answers.samples.size() + answers.unread.size();
  return note + "\n  " + std::to_string(answers.unread.size()) + " of " +
         shared::Counted(static_cast<std::int64_t>(asked), "agent") +
         " could not be read, such as that of pod \"" + pod + "\": " + why + " (-o wide says it of each)";
}

Result<std::vector<Usage>> LookAtCluster(CommandContext& context, const KubeClient& kube,
                                         const std::string& cluster, const std::vector<LimitedPod>& pods,
                                         Source* source, Look* look) {
  if (source->agents_until.passed()) {
    const auto samples = AskDashboard(context, cluster, &source->dashboard);
    if (samples) return JoinUsage(pods, *samples, SecondsNow());
    if (samples.error().code == ErrorCode::kInterrupted) return shared::Unexpected(samples.error());
    source->failure = samples.error();
  }
  ASSIGN_OR_RETURN(const AgentAnswers answers, AskAgents(kube, AgentsOf(pods), context.interrupt));
  const bool none = answers.samples.empty();
  std::vector<Usage> rows = none ? UnknownUsage(pods, "its dashboard does not answer")
                                 : JoinUsage(pods, answers.samples, SecondsNow());
  ExplainUnread(answers.unread, &rows);
  if (none) {
    look->failures.emplace(cluster, source->failure);
  } else {
    look->agents.emplace(cluster, NoteOfAgents(source->failure, answers));
    if (source->agents_until.passed()) source->agents_until = shared::Deadline::After(kAgentsFor);
  }
  return rows;
}

Result<Look> LookAtUsage(const TopFlags& flags, UsageOf what, CommandContext& context, const KubeClient& kube,
                         const std::string& ns, Sources* sources) {
  Look look;
  ASSIGN_OR_RETURN(const PodsByCluster clusters, ListPods(flags, what, kube, ns));
  look.clusters = clusters.size();
  for (const auto& [cluster, pods] : clusters) {
    ASSIGN_OR_RETURN(std::vector<Usage> rows,
                     LookAtCluster(context, kube, cluster, pods, &(*sources)[cluster], &look));
    for (Usage& row : RowsOf(what, std::move(rows)))
      if (flags.name.empty() || row.name == flags.name) look.rows.push_back(std::move(row));
  }
  TRY(SortUsage(flags.sort_by, what, &look.rows));
  return look;
}

std::string NameOfRow(const Json& row, UsageOf what) {
  const std::string name = shared::StringAt(row, {"name"});
  if (what == UsageOf::kClusterSums) return "raycluster.ray.io/" + name;
  return shared::BoolAt(row, {"isPod"}) ? "pod/" + name : name;
}

shared::Status Print(const Look& look, const TopFlags& flags, UsageOf what, const OutputFormat& format,
                     const std::string& ns, Streams& io) {
  ListPrinter::Options print{.format = format,
                             .columns = UsageColumns(what, HasGpus(look.rows)),
                             .single = !flags.name.empty(),
                             .nothing = "No Ray nodes found " + InNamespace(ns) + ".",
                             .name = [what](const Json& row) { return NameOfRow(row, what); }};
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(io, std::move(print)));
  for (const Usage& row : look.rows) printer.Add(UsageToJson(row, what));
  printer.Finish();
  return shared::Ok();
}

// On a terminal, a watch writes over what it wrote before.
shared::Status PrintOnScreen(const Look& look, const TopFlags& flags, UsageOf what,
                             const OutputFormat& format, const std::string& ns, Streams& io) {
  std::ostringstream screen;
  Streams page{io.in, screen, io.err};
  TRY(Print(look, flags, what, format, ns, page));
  io.out << Repaint(screen.str(), io.height) << std::flush;
  return shared::Ok();
}

// What a watch has printed of a source, it does not repeat.
void Warn(const Look& look, CommandContext& context, Sources* sources) {
  for (const auto& [cluster, note] : look.agents)
    if (std::exchange((*sources)[cluster].noted, note) != note)
      context.io.err << "cluster \"" << shared::EscapeControl(cluster)
                     << "\": " << shared::EscapeControl(note) << "\n";
  for (const auto& [cluster, failure] : look.failures)
    context.io.err << "warning: what cluster \"" << shared::EscapeControl(cluster)
                   << "\" uses is not known: " << shared::EscapeControl(failure.message) << "\n";
  context.io.err << std::flush;
}

shared::Status CheckFound(const Look& look, const TopFlags& flags, UsageOf what, const std::string& ns) {
  const std::string cluster = ClusterOf(flags, what);
  if (!look.rows.empty() || (flags.name.empty() && cluster.empty())) return shared::Ok();
  if (what == UsageOf::kClusterSums || flags.name.empty())
    return Fail(ErrorCode::kNotFound, "no pods of Ray cluster \"" + cluster + "\" found " + InNamespace(ns),
                "`kubectl ray status " + cluster + "` says why, if there is such a cluster.");
  if (look.clusters > 0)
    return Fail(ErrorCode::kUnavailable,
                "what pod \"" + flags.name + "\" uses is not known: Ray has no node of it",
                "`kubectl ray top pod " + flags.name + "` shows its limits.");
  return Fail(ErrorCode::kNotFound, "Ray node \"" + flags.name + "\" not found " + InNamespace(ns),
              "`kubectl ray get node` lists them.");
}

Result<int> Watch(const TopFlags& flags, UsageOf what, CommandContext& context, const KubeClient& kube,
                  const std::string& ns, const OutputFormat& format) {
  Sources sources;
  if (context.io.out_is_terminal) context.io.out << "\033[2J";
  while (context.io.out.good()) {
    const Result<Look> look = LookAtUsage(flags, what, context, kube, ns, &sources);
    if (!look && look.error().code == ErrorCode::kInterrupted) return kExitInterrupted;
    if (!look && look.error().code != ErrorCode::kUnavailable) return shared::Unexpected(look.error());
    if (look) {
      TRY((context.io.out_is_terminal ? PrintOnScreen : Print)(*look, flags, what, format, ns, context.io));
      Warn(*look, context, &sources);
    } else {
      context.io.err << "warning: " << shared::EscapeControl(look.error().message) << "; trying again\n"
                     << std::flush;
    }
    if (context.interrupt.WaitFor(kLookAgain)) return kExitInterrupted;
  }
  return kExitOk;
}

Result<int> Run(const TopFlags& flags, UsageOf what, CommandContext& context) {
  ASSIGN_OR_RETURN(const OutputFormat format, ParseOutputFormat(flags.output));
  std::vector<Usage> none;
  TRY(SortUsage(flags.sort_by, what, &none));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  if (flags.watch) return Watch(flags, what, context, *kube, ns, format);
  Sources sources;
  ASSIGN_OR_RETURN(const Look look, LookAtUsage(flags, what, context, *kube, ns, &sources));
  if (!look.none_answered()) TRY(CheckFound(look, flags, what, ns));
  TRY(Print(look, flags, what, format, ns, context.io));
  if (look.none_answered()) return shared::Unexpected(look.failures.begin()->second);
  Warn(look, context, &sources);
  return kExitOk;
}

std::string SortByHelp() {
  std::string help = "What to sort by, the highest first: ";
  for (const std::string& order : UsageOrders()) help += (help.ends_with(": ") ? "" : ", ") + order;
  return help;
}

void AddTopFlags(Leaf& leaf, TopFlags* flags, UsageOf what) {
  leaf.CompleteWith(leaf.Flag("--sort-by", &flags->sort_by, SortByHelp()), [](const auto&) {
    const std::vector<std::string> orders = UsageOrders();
    return std::set<std::string>(orders.begin(), orders.end());
  });
  leaf.Flag("-o,--output", &flags->output,
            "wide, json, yaml, name, jsonpath=TEMPLATE, custom-columns=HEADER:PATH,...");
  leaf.Flag("-w,--watch", &flags->watch, "Show it again every five seconds until Ctrl-C");
  leaf.Note(
      "CPU, MEMORY and GPU are what the container uses of its limit, as Ray's agent in it has measured it; "
      "RAY "
      "CPU, RAY MEMORY and RAY GPU what tasks and actors were given of what Ray has. `host` stands there if "
      "Ray "
      "measured the whole machine instead, `?` if something is not known, `-` if there is no limit. AGE is "
      "that of the sample. OBJECT STORE is memory, too; SPILLED went to disk since the node began. The "
      "numbers "
      "are those of the cluster's dashboard. Without one they are asked of the agent in each pod, at its "
      "port "
      "of metrics, and have no AGE: a line on stderr says so.");
  leaf.Run([flags, what](CommandContext& context) { return Run(*flags, what, context); });
}

void AddNodeArgument(Leaf& leaf, TopFlags* flags) {
  leaf.Argument("NODE", &flags->name, "Only this pod", RayPodNames);
  AddClusterFlag(leaf, ClusterFlag::kShort, &flags->cluster, "Only nodes of this Ray cluster");
}

}  // namespace

void TopCluster(Leaf& leaf) {
  auto& flags = leaf.Flags<TopFlags>();
  AddClusterArgument(leaf, &flags.name, "Only this one");
  AddTopFlags(leaf, &flags, UsageOf::kClusterSums);
  leaf.Note("SAMPLED says of how many nodes there is a sample; what is used is the sum of these.");
  leaf.Example("What the clusters of the namespace use", "kubectl ray top cluster");
  leaf.Example("Which of them uses the most GPU time, every five seconds",
               "kubectl ray top cluster --sort-by gpu --watch");
}

void TopNode(Leaf& leaf) {
  auto& flags = leaf.Flags<TopFlags>();
  AddNodeArgument(leaf, &flags);
  AddTopFlags(leaf, &flags, UsageOf::kRayNodes);
  leaf.Note("These are the nodes that Ray has, also those that are in no pod.");
  leaf.Example("The nodes of a cluster, those with the most memory in use first",
               "kubectl ray top node --ray-cluster demo --sort-by memory");
  leaf.Example("Each GPU, for a script", "kubectl ray top node -o jsonpath='{.items[*].gpus}'");
}

void TopPod(Leaf& leaf) {
  auto& flags = leaf.Flags<TopFlags>();
  AddNodeArgument(leaf, &flags);
  AddTopFlags(leaf, &flags, UsageOf::kRayPods);
  leaf.Note("These are all pods of Ray's, also those in which Ray does not run yet: -o wide says why.");
  leaf.Example("The pods of a cluster, and why nothing is known of some",
               "kubectl ray top pod --ray-cluster demo -o wide");
}

}  // namespace kubectl_ray
