#include "kubectl-ray/kubeconfig/exec_credential.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <utility>

#include "shared/deadline.h"
#include "shared/text.h"

extern char** environ;

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;
using shared::StringAt;

constexpr std::size_t kMaxOutputBytes = 1u << 20;
constexpr std::chrono::minutes kLongestSignIn(15);

std::string ExecInfo(const ExecPlugin& plugin, bool interactive) {
  Json info = {{"kind", "ExecCredential"},
               {"apiVersion", plugin.api_version},
               {"spec", {{"interactive", interactive}}}};
  if (!plugin.cluster.is_null()) info["spec"]["cluster"] = plugin.cluster;
  return shared::DumpJson(info);
}

// Strings as the char* that posix_spawn takes.
class StringList {
 public:
  void Add(std::string text) { texts_.push_back(std::move(text)); }
  char** data() {
    pointers_.clear();
    for (std::string& text : texts_) pointers_.push_back(text.data());
    pointers_.push_back(nullptr);
    return pointers_.data();
  }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
};

StringList PluginEnvironment(const ExecPlugin& plugin, bool interactive) {
  auto overrides = plugin.environment;
  overrides.emplace_back("KUBERNETES_EXEC_INFO", ExecInfo(plugin, interactive));
  StringList list;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    bool overridden = false;
    for (const auto& [name, value] : overrides)
      overridden = overridden || (text.starts_with(name) && text.substr(name.size()).starts_with('='));
    if (!overridden) list.Add(std::string(text));
  }
  for (const auto& [name, value] : overrides) list.Add(name + "=" + value);
  return list;
}

struct Child {
  pid_t pid = -1;
  pid_t killed = -1;  // the process; if negative, its process group
  int output = -1;
};

// Starts the plugin with its stdout in a pipe. Returns 0, or the error number if the command cannot be run.
int Spawn(const ExecPlugin& plugin, bool interactive, Child* child) {
  int pipe_fds[2];
  if (pipe(pipe_fds) != 0) return errno;
  fcntl(pipe_fds[0], F_SETFD, FD_CLOEXEC);
  fcntl(pipe_fds[1], F_SETFD, FD_CLOEXEC);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDOUT_FILENO);
  if (!interactive) posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);  // we ignore it, but a program expects the default
  posix_spawnattr_setsigdefault(&attributes, &pipe_signal);
  // A group of its own, so that all it starts can be ended with it. A plugin that asks its user has to stay
  // in the terminal's group.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | (interactive ? 0 : POSIX_SPAWN_SETPGROUP));
  StringList arguments;
  arguments.Add(plugin.command);
  for (const std::string& argument : plugin.arguments) arguments.Add(argument);
  StringList variables = PluginEnvironment(plugin, interactive);
  const int error = posix_spawnp(&child->pid, plugin.command.c_str(), &actions, &attributes, arguments.data(),
                                 variables.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_fds[1]);
  if (error != 0) {
    close(pipe_fds[0]);
    return error;
  }
  child->output = pipe_fds[0];
  child->killed = interactive ? child->pid : -child->pid;
  return 0;
}

// Reads until the end of the output. Returns an empty string, or why the end was not reached. Calls on_wait
// after `patience`.
std::string ReadOutput(int fd, shared::Deadline deadline, const shared::Interrupt* interrupt,
                       std::string* output, const std::function<void()>& on_wait, shared::Deadline patience) {
  std::array<char, 16 * 1024> buffer;
  bool noted = false;
  while (true) {
    std::array<pollfd, 2> fds = {pollfd{fd, POLLIN, 0},
                                 pollfd{interrupt != nullptr ? interrupt->fd() : -1, POLLIN, 0}};
    const shared::Deadline next = noted ? deadline : deadline.Min(patience);
    poll(fds.data(), fds.size(), static_cast<int>(next.Remaining().count()));
    if (interrupt != nullptr && interrupt->raised()) return "interrupted";
    if (fds[0].revents == 0) {
      if (deadline.passed()) return "it did not end in time";
      if (patience.passed() && !std::exchange(noted, true)) on_wait();
      continue;
    }
    const ssize_t n = read(fd, buffer.data(), buffer.size());
    if (n == 0) return "";
    if (n < 0 && errno != EINTR) return shared::ErrnoText(errno);
    if (n > 0) output->append(buffer.data(), static_cast<std::size_t>(n));
    if (output->size() > kMaxOutputBytes) return "it printed more than 1 MiB";
  }
}

// Waits for the plugin's end, and kills it if it outlives its output: after closing stdout it has nothing
// more to say.
int Reap(const Child& child, bool kill_now) {
  int status = 0;
  const shared::Deadline deadline = shared::Deadline::After(std::chrono::seconds(5));
  if (kill_now) kill(child.killed, SIGKILL);
  while (true) {
    const pid_t done = waitpid(child.pid, &status, WNOHANG);
    if (done == child.pid || (done < 0 && errno != EINTR)) return status;
    if (deadline.passed()) kill(child.killed, SIGKILL);
    poll(nullptr, 0, 5);
  }
}

std::optional<std::chrono::system_clock::time_point> ParseTimestamp(const std::string& text) {
  std::tm tm = {};
  int consumed = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
                  &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &consumed) != 6)
    return std::nullopt;
  tm.tm_year = std::min(tm.tm_year, 2200) - 1900;  // because a clock of nanoseconds ends in 2262
  tm.tm_mon -= 1;
  auto at = std::chrono::system_clock::from_time_t(timegm(&tm));
  const std::size_t zone = text.find_first_of("+-Zz", static_cast<std::size_t>(consumed));
  int hours = 0;
  int minutes = 0;
  if (zone != std::string::npos && std::sscanf(text.c_str() + zone + 1, "%2d:%2d", &hours, &minutes) == 2) {
    const auto offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    at += text[zone] == '-' ? offset : -offset;
  }
  return at;
}

}  // namespace

Result<ExecCredential> ParseExecCredential(std::string_view text, const std::string& api_version) {
  auto json = shared::ParseJson(text);
  if (!json || StringAt(*json, {"kind"}) != "ExecCredential")
    return Fail(ErrorCode::kAuth, "it did not print an ExecCredential");
  if (const std::string version = StringAt(*json, {"apiVersion"}); version != api_version)
    return Fail(ErrorCode::kAuth,
                "it printed an ExecCredential of version \"" + version + "\", not \"" + api_version + "\"");
  ExecCredential credential;
  credential.token = StringAt(*json, {"status", "token"});
  credential.cert_pem = StringAt(*json, {"status", "clientCertificateData"});
  credential.key_pem = StringAt(*json, {"status", "clientKeyData"});
  if (credential.token.find_first_of("\r\n") != std::string::npos)
    return Fail(ErrorCode::kAuth, "it printed a token of several lines");
  if (credential.cert_pem.empty() != credential.key_pem.empty())
    return Fail(ErrorCode::kAuth, "it printed only one of clientCertificateData and clientKeyData");
  if (credential.token.empty() && credential.cert_pem.empty())
    return Fail(ErrorCode::kAuth, "it printed an ExecCredential without a token or a certificate");
  if (const std::string expires = StringAt(*json, {"status", "expirationTimestamp"}); !expires.empty()) {
    credential.expires = ParseTimestamp(expires);
    if (!credential.expires)
      return Fail(ErrorCode::kAuth, "it printed an expirationTimestamp that is not a time");
  }
  return credential;
}

Result<ExecCredential> RunExecPlugin(const ExecPlugin& plugin, const shared::Interrupt* interrupt,
                                     const OnSignInWait& on_wait, std::chrono::milliseconds patience) {
  const std::string what = "cannot get credentials from \"" + plugin.command + "\": ";
  const bool terminal = isatty(STDIN_FILENO) == 1;
  const bool interactive = terminal && plugin.interactive_mode != InteractiveMode::kNever;
  if (!terminal && plugin.interactive_mode == InteractiveMode::kAlways)
    return Fail(ErrorCode::kAuth, what + "it has to ask its user, and stdin is not a terminal",
                "Run this command in a terminal.");
  Child child;
  if (const int error = Spawn(plugin, interactive, &child); error != 0)
    return Fail(ErrorCode::kAuth, what + shared::ErrnoText(error),
                error == ENOENT && plugin.install_hint.empty()
                    ? "The kubeconfig's user is authenticated by this program: install it, or put it on PATH."
                    : plugin.install_hint);
  std::string output;
  const auto wait = [&] {
    if (on_wait)
      on_wait("waiting for the kubeconfig's credential plugin \"" + plugin.command + "\" to sign in");
  };
  const std::string stopped = ReadOutput(child.output, shared::Deadline::After(kLongestSignIn), interrupt,
                                         &output, wait, shared::Deadline::After(patience));
  close(child.output);
  int status = Reap(child, !stopped.empty());
  if (interrupt != nullptr && interrupt->raised()) return Fail(ErrorCode::kInterrupted, "interrupted");
  if (!stopped.empty()) return Fail(ErrorCode::kAuth, what + stopped);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return Fail(ErrorCode::kAuth,
                what + (WIFEXITED(status) ? "it ended with code " + std::to_string(WEXITSTATUS(status))
                                          : "it was ended by signal " + std::to_string(WTERMSIG(status))),
                "Its own messages are above; signing in again often helps.");
  auto credential = ParseExecCredential(output, plugin.api_version);
  if (!credential) return Fail(ErrorCode::kAuth, what + credential.error().message);
  return credential;
}

}  // namespace kubectl_ray
