#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/session.h"
#include "kubectl-ray/jobs/dashboard.h"
#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/kinds/target.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "kubectl-ray/services/serve_instance.h"
#include "kubectl-ray/session/background.h"
#include "kubectl-ray/session/forwarder.h"
#include "kubectl-ray/session/listen_addresses.h"
#include "kubectl-ray/session/session_registry.h"
#include "shared/text.h"

extern char** environ;

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::StringAt;

// What the session is about, once the API server has been asked.
struct SessionPlan {
  Target target;
  std::string ns;
  std::string cluster;
  std::string service;
  std::vector<SessionPort> ports;
  std::vector<std::string> addresses;  // to listen at
};

Result<SessionPlan> MakePlan(const KubeClient& kube, const SessionFlags& flags, const Target& target,
                             std::string ns) {
  SessionPlan plan{target, std::move(ns), {}, {}, {}, {}};
  ASSIGN_OR_RETURN(plan.addresses, ParseListenAddresses(flags.addresses));
  ASSIGN_OR_RETURN(plan.cluster, ResolveCluster(kube, plan.ns, target));
  ASSIGN_OR_RETURN(const auto pods, ListRayPods(kube, plan.ns, plan.cluster));
  plan.service = plan.cluster + "-head-svc";
  Json service;
  const auto listed =
      kube.List(kServices, plan.ns, {.label_selector = RayPodSelector(plan.cluster, "head")}, [&](Json item) {
        const std::string name = StringAt(item, {"metadata", "name"});
        const bool usual = name == plan.service;
        if (usual || (service.is_null() && name.ends_with("-head-svc"))) service = std::move(item);
        return !usual;
      });
  // Without the right to see it there are Ray's own ports.
  if (!listed && listed.error().code != ErrorCode::kAuth) return shared::Unexpected(listed.error());
  if (!service.is_null()) plan.service = StringAt(service, {"metadata", "name"});
  Json head;
  if (const RayPod* best = BestHead(pods)) {
    ASSIGN_OR_RETURN(head, kube.Get(kPods, plan.ns, best->name));
  }
  ASSIGN_OR_RETURN(plan.ports, ParseSessionPorts(flags.ports, PortsOfService(service, head)));
  return plan;
}

// Where a usual port is taken, any free one does; one that the user named has to be had.
Result<std::vector<ForwardedPort>> OpenListeners(const SessionPlan& plan, Streams& io) {
  std::vector<ForwardedPort> forwarded;
  for (const SessionPort& port : plan.ports) {
    auto listener = Listener::Open(port.local, plan.addresses);
    if (!listener && !port.fixed) {
      const std::string cause = listener.error().message;
      listener = Listener::Open(0, plan.addresses);
      if (listener) io.err << cause << "; using " << listener->port() << " instead\n";
    }
    if (!listener) return shared::Unexpected(std::move(listener).error());
    forwarded.push_back({port, *std::move(listener)});
  }
  io.err << std::flush;
  return forwarded;
}

// Hundreds of connections take more descriptors than most shells allow at first.
void RaiseDescriptorLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  constexpr rlim_t kWanted = 16384;
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, kWanted));
  setrlimit(RLIMIT_NOFILE, &limit);
}

#if defined(__APPLE__)
constexpr const char* kSystemsOpener = "open";
#elif defined(_WIN32)
constexpr const char* kSystemsOpener = "explorer";
#else
constexpr const char* kSystemsOpener = "xdg-open";
#endif

// In a process group of its own: Ctrl-C ends the session, not the browser.
void OpenBrowser(const std::string& url, const Environment& environment, Streams& io) {
  std::string program = environment("BROWSER").value_or("");
  if (program.empty()) program = kSystemsOpener;
  std::string argument = url;
  char* arguments[] = {program.data(), argument.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t pid = -1;
  if (const int failure = posix_spawnp(&pid, program.c_str(), &actions, &attributes, arguments, environ))
    io.err << "warning: cannot open a browser with \"" << shared::EscapeControl(program)
           << "\": " << shared::ErrnoText(failure) << "; open " << url << " yourself\n"
           << std::flush;
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
}

std::vector<std::string> PrintPorts(const SessionPlan& plan, const std::vector<ForwardedPort>& ports,
                                    Streams& io) {
  std::vector<std::string> lines;
  io.out << official::ForwardingPorts(plan.service) << '\n';
  for (const ForwardedPort& port : ports) {
    lines.push_back(DescribePort(port.port, port.listener.port(), UrlHost(plan.addresses)));
    io.out << lines.back() << '\n';
  }
  io.out << '\n' << std::flush;
  return lines;
}

// The URLs of what Serve serves, as far as its port is forwarded. Without them the session goes on.
std::vector<std::string> PrintRoutes(const SessionPlan& plan, const std::vector<ForwardedPort>& ports,
                                     CommandContext& context) {
  constexpr std::chrono::seconds kPatience(20);
  const auto serve = std::find_if(ports.begin(), ports.end(), [](const ForwardedPort& port) {
    return port.port.name == "serve" || port.port.remote == kServePort;
  });
  if (serve == ports.end()) {
    context.io.err
        << "note: the cluster's port serve is not forwarded, which its applications are reached at\n";
    return {};
  }
  const Result<Json> answer = ReaderOf(context, plan.cluster)("/api/serve/applications/", kPatience);
  const Result<ServeInstance> instance =
      answer ? ParseServeInstance(*answer) : Result<ServeInstance>(shared::Unexpected(answer.error()));
  if (!instance) {
    context.io.err << "note: what it serves is not known: " << shared::EscapeControl(instance.error().message)
                   << '\n';
    return {};
  }
  const std::string base = "http://" + UrlHost(plan.addresses) + ":" + std::to_string(serve->listener.port());
  const std::vector<std::string> lines = DescribeRoutes(*instance, base);
  for (const std::string& line : lines) context.io.out << line << '\n';
  if (lines.empty()) context.io.err << "note: it serves nothing over HTTP\n";
  context.io.out << '\n' << std::flush;
  return lines;
}

// What is open to others is open to all of them: Ray asks nobody for a password.
void WarnOfOthers(const std::vector<std::string>& addresses, Streams& io) {
  std::string listed;
  for (const std::string& address : OpenToOthers(addresses)) listed += (listed.empty() ? "" : ", ") + address;
  if (!listed.empty())
    io.err << "warning: whoever reaches this machine at " << listed
           << " reaches these ports, and Ray runs what it is sent there unless the cluster asks for a token\n"
           << std::flush;
}

void OpenFirstPage(const std::vector<ForwardedPort>& ports, const std::string& host,
                   const Environment& environment, Streams& io) {
  for (const ForwardedPort& port : ports)
    if (port.port.scheme == "http")
      return OpenBrowser("http://" + host + ":" + std::to_string(port.listener.port()), environment, io);
}

Result<int> Forward(const SessionFlags& flags, CommandContext& context, Background* background) {
  Streams& io = context.io;
  ASSIGN_OR_RETURN(const Target target, ParseTarget(flags.target));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const SessionPlan plan, MakePlan(*kube, flags, target, std::move(ns)));
  RaiseDescriptorLimit();
  ASSIGN_OR_RETURN(auto ports, OpenListeners(plan, io));
  std::vector<std::string> lines = PrintPorts(plan, ports, io);
  if (flags.routes)
    for (std::string& line : PrintRoutes(plan, ports, context)) lines.push_back(std::move(line));
  WarnOfOthers(plan.addresses, io);
  if (flags.open) OpenFirstPage(ports, UrlHost(plan.addresses), context.environment, io);
  std::optional<SessionFile> file;
  if (background != nullptr) {
    ASSIGN_OR_RETURN(const std::string directory, SessionDirectory(context.environment));
    const std::string log = directory + "/" + std::to_string(getpid()) + ".log";
    const SessionRecord record{ToString(target), plan.ns, kube->access().context, lines, log};
    ASSIGN_OR_RETURN(SessionFile created, SessionFile::Create(directory, record));
    file.emplace(std::move(created));
    io.err << "in the background as process " << getpid() << "; `kubectl ray session stop " << target.name
           << "` ends it\n"
           << std::flush;
    TRY(background->Detach(log));
  }
  std::mutex mutex;
  auto say = [&](const std::string& message) {
    std::lock_guard lock(mutex);
    io.err << shared::EscapeControl(message) << std::endl;
  };
  const shared::Status outcome =
      ForwardPorts(*kube, plan.ns, plan.cluster, std::move(ports), flags.verbose, say);
  if (!outcome && outcome.error().code == ErrorCode::kInterrupted)
    return background != nullptr ? kExitOk : kExitInterrupted;
  if (!outcome) return shared::Unexpected(outcome.error());
  return kExitOk;
}

Result<int> RunSession(const SessionFlags& flags, CommandContext& context) {
  if (flags.target.empty())
    return Fail(ErrorCode::kUsage, "a session needs a cluster: NAME or TYPE/NAME",
                "`kubectl ray get cluster` lists them.");
  if (!flags.background) return Forward(flags, context, nullptr);
  Background background;
  bool is_child = false;
  ASSIGN_OR_RETURN(const int code, background.Fork(&is_child));
  return is_child ? Forward(flags, context, &background) : code;
}

Result<int> RunList(CommandContext& context) {
  ASSIGN_OR_RETURN(const std::string directory, SessionDirectory(context.environment));
  ASSIGN_OR_RETURN(const auto sessions, ListSessions(directory));
  if (sessions.empty()) context.io.err << "no session is in the background\n";
  for (const SessionRecord& session : sessions) {
    context.io.out << session.target << " in namespace " << session.ns
                   << (session.context.empty() ? "" : " of " + session.context) << ", process " << session.pid
                   << '\n';
    for (const std::string& port : session.ports) context.io.out << "  " << port << '\n';
  }
  return kExitOk;
}

// Those in the background, as they are typed.
std::set<std::string> SessionNames(const Environment& environment) {
  const auto directory = SessionDirectory(environment);
  if (!directory) return {};
  const auto sessions = ListSessions(*directory);
  std::set<std::string> names;
  if (sessions)
    for (const SessionRecord& session : *sessions) names.insert(session.target);
  return names;
}

Result<int> RunStop(const StopFlags& flags, CommandContext& context) {
  if (flags.names.empty() && !flags.all)
    return Fail(ErrorCode::kUsage, "which session is to stop?", "Name it, or give --all.");
  ASSIGN_OR_RETURN(const std::string directory, SessionDirectory(context.environment));
  ASSIGN_OR_RETURN(const auto sessions, ListSessions(directory));
  for (const std::string& name : flags.names)
    if (std::none_of(sessions.begin(), sessions.end(), [&](const auto& s) { return IsMeant(s, name); }))
      return Fail(ErrorCode::kNotFound, "no session \"" + name + "\" is in the background",
                  "`kubectl ray session list` lists those there are.");
  for (const SessionRecord& session : sessions) {
    const bool named = std::any_of(flags.names.begin(), flags.names.end(),
                                   [&](const std::string& name) { return IsMeant(session, name); });
    if (!named && !flags.all) continue;
    TRY(StopSession(directory, session, shared::Deadline::After(std::chrono::seconds(10)),
                    &context.interrupt));
    context.io.out << "session of " << session.target << " stopped\n";
  }
  return kExitOk;
}

}  // namespace

void Session(Leaf& leaf) {
  auto& flags = leaf.Flags<SessionFlags>();
  AddTargetArgument(leaf, &flags.target, TargetHelp());
  leaf.Flag("--port", &flags.ports,
            "[LOCAL:]REMOTE, a number or one of dashboard, client, serve, metrics; may be repeated");
  leaf.Flag(
      "--address", &flags.addresses,
      "Addresses to listen on, separated by commas: IP addresses of this machine, or localhost, which is "
      "the default; may be repeated");
  leaf.Flag("--open", &flags.open, "Open the dashboard in the browser: $BROWSER, else the desktop's own");
  leaf.Flag("--routes", &flags.routes, "Ask what Serve serves there, and print the URL of each application");
  leaf.Flag("--background", &flags.background, "Go on in the background once the ports are open");
  leaf.Flag("-v,--verbose", &flags.verbose, "Print a line for every connection");
  leaf.Example("All ports of the head, until Ctrl-C", "kubectl ray session demo");
  leaf.Example("Only the dashboard, on port 18265, in the background; and its end",
               "kubectl ray session demo --port 18265:dashboard --background",
               "kubectl ray session stop demo");
  leaf.Example("With the URLs of the applications that it serves", "kubectl ray session demo --routes");
  leaf.Example("From a dev container, for its host", "kubectl ray session demo --address 0.0.0.0");
  leaf.Run([&flags](CommandContext& context) { return RunSession(flags, context); });
}

void SessionList(Leaf& leaf) {
  leaf.Example("Those that run, and where their ports lead", "kubectl ray session list");
  leaf.Run(RunList);
}

void SessionStop(Leaf& leaf) {
  auto& flags = leaf.Flags<StopFlags>();
  leaf.CompleteWith(
      leaf.Argument("SESSION", &flags.names, "The session's NAME, TYPE/NAME or process", kNoNames),
      SessionNames);
  leaf.Flag("--all", &flags.all, "All of them");
  leaf.Example("The one of a cluster; all that run", "kubectl ray session stop demo",
               "kubectl ray session stop --all");
  leaf.Run([&flags](CommandContext& context) { return RunStop(flags, context); });
}

}  // namespace kubectl_ray
