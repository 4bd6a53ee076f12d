#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "ray-init-agent/command.h"
#include "ray-init-agent/container_limits.h"
#include "ray-init-agent/counters.h"
#include "ray-init-agent/gcs_waiter.h"
#include "ray-init-agent/health_server.h"
#include "ray-init-agent/metrics_text.h"
#include "ray-init-agent/note.h"
#include "ray-init-agent/plan.h"
#include "ray-init-agent/preflight.h"
#include "ray-init-agent/ray_version.h"
#include "ray-init-agent/running_child.h"
#include "ray-init-agent/setup.h"
#include "ray-init-agent/stdout.h"
#include "ray-init-agent/temp_dir.h"
#include "ray-init-agent/temp_dir_search.h"
#include "ray-init-agent/unknown_user.h"
#include "ray-init-agent/worker_duties.h"
#include "shared/duration.h"
#include "shared/json.h"

namespace ray_init_agent {
namespace {

using shared::Interrupt;
using shared::Result;
using shared::Unexpected;

Result<int, Failure> PrintCommand(const Plan& plan, const std::string& output) {
  std::string text;
  if (output == "json") {
    text = shared::DumpJson(shared::Json(plan.argv)) + "\n";
  } else {
    for (const std::string& argument : plan.argv) text += argument + "\n";
  }
  if (shared::Status printed = Print(text); !printed) return FailWith(kExitInternal, printed.error());
  return kExitOk;
}

// Raises the soft limit as far as the hard limit allows, and the hard limit too if this user may raise it.
void RaiseOpenFiles(std::int64_t wanted_files) {
  const auto wanted = static_cast<rlim_t>(wanted_files);
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  const rlimit raised = {wanted, std::max(wanted, limit.rlim_max)};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return;
  const rlimit allowed = {std::min(wanted, limit.rlim_max), limit.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &allowed) != 0 || allowed.rlim_cur < wanted)
    Note("open files are limited to " + std::to_string(allowed.rlim_cur) + ", wanted are " +
         std::to_string(wanted) + "; raise the node's limit, or lower RAY_START_ULIMIT_OPEN_FILES");
}

// Returns true once Ray may start, because the certificate is there and, for a worker, the GCS answers.
// Returns false if a signal asked to end instead.
Result<bool, Failure> WaitForHead(const CommandContext& context, const Plan& plan,
                                  const std::shared_ptr<Counters>& counters, const Interrupt& interrupt) {
  if (!context.options.Bool("wait")) return true;
  GcsWaiterOptions options = GcsWaiterOptions::From(context, plan.gcs);
  options.ask_gcs = !plan.is_head();
  options.counters = counters;
  const auto begin = std::chrono::steady_clock::now();
  auto reply = WaitForGcs(options, interrupt, Note);
  if (!reply) {
    if (interrupt.raised()) return false;  // scaled down before it began: nothing failed
    return Unexpected(std::move(reply).error());
  }
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  if (options.ask_gcs)
    Note("the gcs at \"" + plan.gcs.ToText() + "\" is ready after " + shared::FormatDuration(took) +
         ", with Ray " + reply->ray_version);
  return true;
}

std::string LogsDirIn(const std::string& temp_dir) { return temp_dir + "/session_latest/logs"; }

// Asks the GCS for what Ray itself will ask for. Without an answer the guess in the plan stays.
void AskForTempDir(const CommandContext& context, const std::optional<shared::RayRelease>& release,
                   const Interrupt& interrupt, Plan* plan) {
  constexpr std::chrono::milliseconds kAtMost = std::chrono::seconds(2);
  const bool is_wanted = context.options.Bool("preflight") || !context.options.Given("logs-dir");
  if (!plan->takes_head_temp_dir || !is_wanted) return;
  GcsClient client(plan->gcs, GcsCredentials::FromEnvironment(context.environment), &interrupt);
  auto temp_dir = HeadTempDir(&client, release, kAtMost);
  if (temp_dir) {
    plan->temp_dir = *std::move(temp_dir);
    plan->temp_dir_is_guess = false;
  } else if (!interrupt.raised()) {
    Note("cannot ask the gcs for the head's temp dir, and takes \"" + plan->temp_dir +
         "\" until it can: " + GcsFailureName(temp_dir.error().failure) + ": " + temp_dir.error().message);
  }
}

// Prints what the preflight found; returns a failure if Ray would fail.
std::optional<Failure> CheckNode(const Plan& plan, const shared::RayContainerLimits& limits) {
  std::string message, hint;
  for (const Finding& finding : Preflight(plan, limits, {})) {
    if (!finding.fatal) {
      Note("preflight: " + finding.error.message + ". " + finding.error.hint);
      continue;
    }
    message += (message.empty() ? "" : "; ") + finding.error.message;
    hint += (hint.empty() ? "" : " ") + finding.error.hint;
  }
  if (message.empty()) return std::nullopt;
  return Failure{kExitPreflight, {shared::ErrorCode::kUnavailable, "ray would fail here: " + message, hint}};
}

// Since Ray 2.57 `ray start --block` drains its own node when it is asked to end, and waits 30 s (all of a
// pod's usual grace period) for a GCS that is gone by then, because the signal goes to the whole group, the
// head's GCS included. WorkerDuties has drained a worker before, and what runs on a head cannot move. The
// user's own value is not changed.
void SwitchOffRaysOwnDrain(const CommandContext& context, std::vector<std::string>* environment) {
  constexpr const char* kTimeout = "RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S";
  if (!context.environment(kTimeout)) environment->push_back(std::string(kTimeout) + "=0");
}

ChildOptions RayOptions(const CommandContext& context, const Plan& plan,
                        const std::shared_ptr<Counters>& counters) {
  ChildOptions options = MakeChildOptions(context);
  options.counters = counters;
  options.supervisor.argv = plan.argv;
  SwitchOffRaysOwnDrain(context, &options.supervisor.environment);
  CompleteUser(context.environment, &options.supervisor.environment);
  options.output_component = "ray_start";
  if (options.logs_dir.empty()) options.logs_dir = LogsDirIn(plan.temp_dir);
  if (options.logs) options.logs->logs_dir = options.logs_dir;
  if (options.logs) options.logs->only_new = true;
  options.supervisor.ended_by_request_is_success = true;
  options.supervisor.end_kill_after =
      std::max(std::chrono::milliseconds(1), context.options.Duration("grace-period"));
  return options;
}

// Finds the head's temp dir later, if the GCS did not know it when Ray was started.
void FindTempDir(RunningChild* running, TempDirSearch* search) {
  search->Begin(running, [running](const std::string& temp_dir) {
    running->Say("INFO", "the head's temp dir is \"" + temp_dir + "\"");
    running->SetLogsDir(LogsDirIn(temp_dir));
  });
}

MetricsFacts FactsOf(const CommandContext& context, const Plan& plan,
                     const std::optional<shared::RayRelease>& release) {
  MetricsFacts facts;
  facts.version = RAY_VERSION;
  facts.ray_release = release ? release->ToText() : "";
  facts.node_type = plan.is_head() ? "head" : "worker";
  facts.cluster = context.environment("RAY_CLUSTER_NAME").value_or("");
  return facts;
}

// Serves the probes and the metrics as long as Ray runs. Ends Ray if that is not possible: the probes would
// end it too, and say less.
void ServeHealth(const Plan& plan, MetricsFacts facts, const std::shared_ptr<Counters>& counters,
                 RunningChild* running, std::optional<HealthServer>* server) {
  facts.child_started_at = std::chrono::system_clock::now();
  HealthServerOptions options;
  options.port = plan.health_port;
  options.targets = plan.health_targets();
  options.alive = [running] { return running->supervisor()->running(); };
  options.counters = counters;
  options.metrics = [facts = std::move(facts), counters] {
    return MetricsText(*counters, facts, CountedTime::Clock::now());
  };
  server->emplace(running->loop(), std::move(options));
  running->OnEnd([server] { server->reset(); });
  if (shared::Status started = (*server)->Start(); !started)
    running->EndWith({kExitPreflight, std::move(started).error()});
}

}  // namespace

Result<int, Failure> StartCommand(const CommandContext& context) {
  const Options& options = context.options;
  const auto counters = std::make_shared<Counters>();
  Interrupt interrupt;
  Interrupt::InstallHandlers(&interrupt);
  // First of all, because a step may install the Ray that the plan is made for.
  if (!options.Bool("dry-run")) {
    ASSIGN_OR_RETURN(const std::optional<int> ended, RunSetup(context, interrupt));
    if (ended) return *ended;
  }
  const auto limits = ContainerLimits(options, FindCgroups());
  const auto release = InstalledRayRelease(options.Text("ray"), context.environment);
  auto plan = MakePlan(options, context.environment, limits, release);
  if (!plan) return FailWith(kExitUsage, plan.error());
  for (const shared::Error& warning : plan->warnings)
    Note("warning: " + warning.message + (warning.hint.empty() ? "" : ". " + warning.hint));
  if (options.Bool("dry-run")) return PrintCommand(*plan, options.Text("output"));

  auto ready = WaitForHead(context, *plan, counters, interrupt);
  if (!ready) return Unexpected(std::move(ready).error());
  if (!*ready) {
    Note("asked to end by signal " + std::to_string(interrupt.signal()) + " before Ray was started");
    return kExitOk;
  }
  AskForTempDir(context, release, interrupt, &*plan);
  RaiseOpenFiles(options.Integer("open-files"));
  if (options.Bool("preflight"))
    if (auto failure = CheckNode(*plan, limits)) return Unexpected(*std::move(failure));

  WorkerDuties duties(context, *plan, counters);
  TempDirSearch search(plan->gcs, GcsCredentials::FromEnvironment(context.environment), release);
  std::optional<HealthServer> health;
  return RunChild(RayOptions(context, *plan, counters), [&](RunningChild* running) {
    if (!plan->is_head()) duties.Begin(running);
    if (plan->temp_dir_is_guess && !options.Given("logs-dir")) FindTempDir(running, &search);
    if (plan->health_port != 0)
      ServeHealth(*plan, FactsOf(context, *plan, release), counters, running, &health);
    // A signal that came after the wait and before the loop is sent again, as if it had come later.
    if (interrupt.raised()) kill(getpid(), interrupt.signal());
  });
}

}  // namespace ray_init_agent
