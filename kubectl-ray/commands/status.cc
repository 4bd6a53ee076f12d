#include "kubectl-ray/clusters/status.h"

#include <poll.h>

#include <charconv>

#include "kubectl-ray/cli/repaint.h"
#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/clusters/kueue.h"
#include "kubectl-ray/clusters/operator_refusal.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/jobs/dashboard.h"
#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/kinds/target.h"
#include "kubectl-ray/pods/head_pod.h"
#include "kubectl-ray/pods/pod_health.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::StringAt;

struct Options {
  std::string target;
  std::string output;
  bool watch = false;
};

constexpr std::chrono::seconds kRedraw(2);
constexpr std::chrono::seconds kPatience(60);
constexpr std::chrono::seconds kHeadPatience(3);  // with a head that is not ready
// Events of so many pods are fetched; a screen shows no more.
constexpr std::size_t kPodsLookedInto = 10;

std::string RefusedPods(const Cluster& cluster) {
  std::vector<const Json*> objects = {&cluster.ray_cluster, &cluster.head};
  for (const Json& worker : cluster.workers) objects.push_back(&worker);
  for (const Json* object : objects)
    if (std::string refused = WhyPodsAreRefused(*object); !refused.empty()) return refused;
  return "";
}

shared::Status AddEvents(const KubeClient& kube, const std::string& ns, StatusInput* input) {
  for (const Json& pod : input->pods) {
    if (input->events.size() == kPodsLookedInto) break;
    const PodState state = HealthOf(pod).state;
    if (state == PodState::kReady || state == PodState::kSucceeded || state == PodState::kEnding) continue;
    const std::string name = StringAt(pod, {"metadata", "name"});
    auto events =
        kube.ListAll(kEvents, ns, {.field_selector = "involvedObject.kind=Pod,involvedObject.name=" + name});
    // Events are often not readable where pods are; the diagnosis does without.
    if (!events && events.error().code == ErrorCode::kAuth) break;
    if (!events) return shared::Unexpected(events.error());
    input->events[name] = std::move(*events);
  }
  return shared::Ok();
}

int DashboardAgentPort(const Json& ray_cluster) {
  const std::string text =
      StringAt(ray_cluster, {"spec", "headGroupSpec", "rayStartParams", "dashboard-agent-listen-port"});
  int port = kDashboardAgentPort;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

// Why Ray could not be asked; empty where it was. `patience`: for each question.
std::string AskDashboard(CommandContext& context, const std::string& cluster, std::chrono::seconds patience,
                         StatusInput* input) {
  DashboardAddress options;
  options.cluster = cluster;
  auto dashboard = ConnectDashboard(context, options);
  if (!dashboard) return dashboard.error().message;
  const JobsClient& jobs = (*dashboard)->jobs();
  const std::pair<const char*, Json*> paths[] = {{"/api/cluster_status?format=1", &input->ray_status},
                                                 {"/nodes?view=summary", &input->ray_nodes},
                                                 {"/api/jobs/", &input->ray_jobs}};
  for (const auto& [path, answer] : paths) {
    auto got = jobs.GetPath(path, Deadline::After(patience));
    if (!got) return got.error().message;
    *answer = std::move(*got);
  }
  return "";
}

void AskRay(CommandContext& context, const std::string& cluster, StatusInput* input) {
  const bool head_ready = std::any_of(input->pods.begin(), input->pods.end(), [](const Json& pod) {
    return StringAt(pod, {"metadata", "labels", kNodeTypeLabel}) == "head" && IsReady(pod);
  });
  const Json* head = HeadThatIsUp(input->pods);
  if (!head_ready && head == nullptr) {
    input->ray_failure = "its head is not ready";
    return;
  }
  input->ray_failure = AskDashboard(context, cluster, head_ready ? kPatience : kHeadPatience, input);
  const auto kube = context.Kube();
  if (head_ready || input->ray_failure.empty() || !kube) return;
  input->ray_failure = "its head is not ready";  // which is told above, with the reason
  input->dashboard_given_up = HasGivenUpDashboard(
      **kube, ReadHeadPod(*head), DashboardAgentPort(input->ray_cluster), Deadline::After(kHeadPatience));
}

shared::Result<ClusterStatus> Look(CommandContext& context, const KubeClient& kube, const std::string& ns,
                                   const std::string& name) {
  StatusInput input;
  ASSIGN_OR_RETURN(const Cluster cluster, FindCluster(kube, ns, name));
  input.with_operator = cluster.backend == Backend::kOperator;
  input.ray_cluster = cluster.ray_cluster;
  input.refused = RefusedPods(cluster);
  ASSIGN_OR_RETURN(input.pods,
                   kube.ListAll(kPods, ns, {.label_selector = std::string(kClusterLabel) + "=" + name}));
  if (input.with_operator && shared::At(input.ray_cluster, {"status"}).empty())
    input.refused = WhyOperatorRefuses(kube, input.ray_cluster);
  input.queued = WhyQueued(kube, input.ray_cluster);
  TRY(AddEvents(kube, ns, &input));
  AskRay(context, name, &input);
  input.now = Now();
  return Diagnose(input);
}

// The clusters to look at, which are one that was named, or all of the namespace. Adds to `screen` what
// stands above them.
shared::Result<std::vector<std::string>> Names(const Options& options, const KubeClient& kube,
                                               const std::string& ns, std::string* screen) {
  if (!options.target.empty()) {
    ASSIGN_OR_RETURN(const Target target, ParseTarget(options.target));
    if (target.is_cluster()) return std::vector{target.name};
    ASSIGN_OR_RETURN(const Json object, FindObject(kube, ns, target));
    if (options.output.empty()) *screen += RenderObject(target, ns, object);
    ASSIGN_OR_RETURN(UsedCluster cluster, ClusterOf(target, object));
    return std::vector{std::move(cluster.name)};
  }
  std::vector<std::string> names;
  TRY(EachCluster(kube, ns, {}, [&](const Cluster& cluster) {
    names.push_back(StringAt(cluster.ray_cluster, {"metadata", "name"}));
    return true;
  }));
  if (names.empty())
    return Fail(ErrorCode::kNotFound, "no Ray clusters found in namespace \"" + ns + "\"",
                "`kubectl ray create cluster NAME` makes one.");
  return names;
}

// Draws what there is to see; whether all is well. After an error `screen` holds what stands above the
// clusters.
shared::Result<bool> Draw(const Options& options, CommandContext& context, const KubeClient& kube,
                          const std::string& ns, std::string* screen) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, Names(options, kube, ns, screen));
  bool well = true;
  std::string drawn = *screen;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const ClusterStatus status, Look(context, kube, ns, name));
    well = well && status.well;
    const bool color = context.io.color && context.io.out_is_terminal;
    if (options.output == "json")
      drawn += shared::DumpJson(StatusToJson(status), 4) + "\n";
    else
      drawn += (drawn.empty() ? "" : "\n") + RenderStatus(status, color);
  }
  *screen = std::move(drawn);
  return well;
}

shared::Result<int> Show(const Options& options, CommandContext& context, const KubeClient& kube,
                         const std::string& ns) {
  std::string screen;
  const shared::Result<bool> well = Draw(options, context, kube, ns, &screen);
  if (!well && screen.empty()) return shared::Unexpected(well.error());
  if (options.watch && context.io.out_is_terminal) screen = Repaint(screen, context.io.height);
  context.io.out << screen << std::flush;
  if (!well) return shared::Unexpected(well.error());
  return *well ? kExitOk : kExitFailure;
}

shared::Result<int> Run(const Options& options, CommandContext& context) {
  if (!options.output.empty() && options.output != "json")
    return Fail(ErrorCode::kUsage, "cannot print a status as \"" + options.output + "\"", "Use -o json.");
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  if (!options.watch) return Show(options, context, *kube, ns);
  if (context.io.out_is_terminal) context.io.out << "\033[2J";
  while (context.io.out.good()) {
    shared::Result<int> shown = Show(options, context, *kube, ns);
    if (!shown && shown.error().code != ErrorCode::kUnavailable) return shown;
    if (!shown)
      context.io.err << "warning: " << shared::EscapeControl(shown.error().message) << "; trying again\n"
                     << std::flush;
    pollfd fd = {context.interrupt.fd(), POLLIN, 0};
    poll(&fd, 1, static_cast<int>(std::chrono::milliseconds(kRedraw).count()));
    if (context.interrupt.raised()) return kExitInterrupted;
  }
  return kExitOk;
}

}  // namespace

void Status(Leaf& leaf) {
  auto& flags = leaf.Flags<Options>();
  AddTargetArgument(leaf, &flags.target,
                    "The cluster, or TYPE/NAME of what has one; else all of the namespace");
  leaf.Flag("-o,--output", &flags.output, "json");
  leaf.Flag("-w,--watch", &flags.watch, "Show it again every two seconds until Ctrl-C");
  leaf.Note("The exit code is 0 only if all is well.");
  leaf.Example("One cluster: its pods, their events, and what Ray says", "kubectl ray status demo");
  leaf.Example("All clusters of the namespace, for a script", "kubectl ray status -o json");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
