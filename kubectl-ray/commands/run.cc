#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/pods/head_pod.h"
#include "kubectl-ray/session/forwarder.h"
#include "shared/text.h"

extern char** environ;

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

struct RunOptions {
  std::string cluster;
};

using Variables = std::vector<std::pair<std::string, std::string>>;

// Our own environment with `set` in it.
std::vector<std::string> EnvironmentWith(const Variables& set) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::string_view name = text.substr(0, text.find('='));
    if (std::none_of(set.begin(), set.end(), [&](const auto& pair) { return pair.first == name; }))
      variables.emplace_back(text);
  }
  for (const auto& [name, value] : set) variables.push_back(name + "=" + value);
  return variables;
}

// What signs a Ray client in: the cluster's own token, unless the user brings one.
Result<Variables> SignIn(const CommandContext& context, const KubeClient& kube, const HeadPod& head) {
  Variables variables;
  if (!head.token) return variables;
  variables.emplace_back("RAY_AUTH_MODE", "token");
  if (context.environment("RAY_AUTH_TOKEN") || context.environment("RAY_AUTH_TOKEN_PATH")) return variables;
  ASSIGN_OR_RETURN(std::string token, ReadSecret(kube, head.ns, *head.token));
  variables.emplace_back("RAY_AUTH_TOKEN", std::move(token));
  return variables;
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Starts it with SIGPIPE as a program expects it; we ignore it.
int Spawn(std::vector<std::string>& argv, const Variables& set, pid_t* pid) {
  std::vector<std::string> variables = EnvironmentWith(set);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &pipe_signal);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int error = posix_spawnp(pid, argv[0].c_str(), nullptr, &attributes, Pointers(argv).data(),
                                 Pointers(variables).data());
  posix_spawnattr_destroy(&attributes);
  return error;
}

#ifdef _WIN32  // Ctrl-C reaches each program of the console by itself
void PassSignalsOn(pid_t, shared::Interrupt&) {}
#else
// Whether Ctrl-C is typed at us: the terminal then sends SIGINT to the program as well, which is in our
// process group.
bool IsInForeground() {
  const int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return false;
  const bool foreground = tcgetpgrp(terminal) == getpgrp();
  close(terminal);
  return foreground;
}

// Until the program has ended, hands on what is sent to us alone. The program is not reaped yet when it
// returns, so that its number cannot be another one's.
void PassSignalsOn(pid_t pid, shared::Interrupt& interrupt) {
  shared::Interrupt ended;
  std::thread passing([&] {
    while (!ended.raised()) {
      pollfd fds[] = {{interrupt.fd(), POLLIN, 0}, {ended.fd(), POLLIN, 0}};
      poll(fds, 2, -1);
      if (!interrupt.raised() || ended.raised()) continue;
      const int signal = interrupt.signal();
      interrupt.Clear();
      if (signal != SIGINT || !IsInForeground()) kill(pid, signal);
    }
  });
  siginfo_t info = {};
  while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  ended.Raise(0);
  passing.join();
}
#endif

// Runs the program to its end; its exit code. If SIGINT or SIGTERM ended it, that is what `interrupt` says
// then; 128+N for another signal. What to do at Ctrl-C is the program's own decision.
Result<int> RunProgram(std::vector<std::string> argv, const Variables& set, shared::Interrupt& interrupt) {
  pid_t pid = 0;
  if (const int error = Spawn(argv, set, &pid); error != 0)
    return Fail(ErrorCode::kUsage, "cannot run \"" + argv[0] + "\": " + shared::ErrnoText(error));
  PassSignalsOn(pid, interrupt);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
  if (WTERMSIG(status) != SIGINT && WTERMSIG(status) != SIGTERM) return 128 + WTERMSIG(status);
  interrupt.Raise(WTERMSIG(status));
  return kExitInterrupted;
}

Result<int> Run(CommandContext& context, const RunOptions& options) {
  if (!context.global.program || context.global.program->empty())
    return Fail(ErrorCode::kUsage, "cannot run nothing",
                "Put the program after --: kubectl ray run --cluster NAME -- python script.py");
  if (options.cluster.empty())
    return Fail(ErrorCode::kUsage, "cannot tell which cluster is meant", "Give --cluster NAME.");
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const HeadPod head, FindHead(*kube, ns, options.cluster));
  ASSIGN_OR_RETURN(Variables variables, SignIn(context, *kube, head));
  ASSIGN_OR_RETURN(Listener listener, Listener::Open(0));
  const std::string address = "ray://127.0.0.1:" + std::to_string(listener.port());
  variables.emplace_back("RAY_ADDRESS", address);
  std::vector<ForwardedPort> ports;
  ports.push_back(
      {SessionPort{
           .name = "client", .label = "Ray Interactive Client", .scheme = "ray", .remote = head.client_port},
       std::move(listener)});
  context.io.err << "RAY_ADDRESS=" << address << std::endl;
  // The tunnel ends by an Interrupt of its own: Ctrl-C is the program's, which may go on.
  shared::Interrupt stop;
  const KubeClient tunnel = kube->Until(&stop);
  std::thread forwarder([&] {
    (void)!ForwardPorts(tunnel, ns, options.cluster, std::move(ports), false, [&](const std::string& text) {
      context.io.err << shared::EscapeControl(text) << std::endl;
    });
  });
  const Result<int> code = RunProgram(*context.global.program, variables, context.interrupt);
  stop.Raise(SIGTERM);
  forwarder.join();
  return code;
}

}  // namespace

void Run(Leaf& leaf) {
  auto& flags = leaf.Flags<RunOptions>();
  AddClusterFlag(leaf, ClusterFlag::kLikeRaysOwn, &flags.cluster, "The Ray cluster, of either kind");
  leaf.TakesProgram();
  leaf.Note(
      "RAY_ADDRESS leads to the cluster's client server through a port on this machine, for as long as the "
      "program runs; its exit code is this command's. With token authentication RAY_AUTH_TOKEN is set too.");
  leaf.Example("A script on this machine, whose tasks run in the cluster",
               "kubectl ray run --cluster demo -- python script.py");
  leaf.Run([&flags](CommandContext& context) { return Run(context, flags); });
}

}  // namespace kubectl_ray
