#include "kubectl-ray/commands/submit.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "kubectl-ray/commands/exec.h"
#include "kubectl-ray/commands/file_target.h"
#include "kubectl-ray/kube/exec_stream.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;

// $1: the script's name, $2: how many bytes it has (not every API server passes the end of stdin on).
constexpr const char* kReceive = "cd && head -c \"$2\" > \"$1.part\" && mv \"$1.part\" \"$1\"";
// $1: the name of the script, then its arguments.
constexpr const char* kRunScript =
    "cd && python=$(command -v python || command -v python3) && exec \"$python\" -u \"$@\"";
// $1: the name of the script, $2: its arguments, which the shell takes apart, as that of `ray submit --args`.
constexpr const char* kRunScriptInShell =
    "cd && python=$(command -v python || command -v python3) && eval \"exec \\\"\\$python\\\" -u "
    "\\\"\\$1\\\" $2\"";

Result<std::uintmax_t> SizeOf(const std::string& script) {
  std::error_code error;
  const bool is_file = std::filesystem::is_regular_file(script, error);
  const std::uintmax_t size = is_file ? std::filesystem::file_size(script, error) : 0;
  if (error)
    return Fail(ErrorCode::kUsage,
                "cannot read \"" + script + "\": " + shared::Uncapitalized(error.message()));
  if (!is_file)
    return Fail(ErrorCode::kUsage, "cannot submit \"" + script + "\": it is no file",
                "`kubectl ray job submit --working-dir` sends a directory.");
  return size;
}

// Puts the script into the home directory of Ray's user.
Status SendScript(const KubeClient& kube, const RayPod& head, const std::string& script,
                  const std::string& name) {
  ASSIGN_OR_RETURN(const std::uintmax_t size, SizeOf(script));
  const int fd = open(script.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Fail(ErrorCode::kUsage, "cannot read \"" + script + "\": " + shared::ErrnoText(errno));
  ExecRequest request{
      head.ns, head.name, head.container, {"sh", "-c", kReceive, "sh", name, std::to_string(size)}};
  request.with_stdin = true;
  std::string said;
  constexpr std::size_t kMostSaid = 1000;
  ExecIo io{.input_fd = fd};
  io.on_stderr = [&](std::string_view piece) {
    shared::AppendUpTo(&said, piece, kMostSaid);
    return true;
  };
  const auto code = RunExec(kube, request, io);
  close(fd);
  if (!code) return shared::Unexpected(code.error());
  if (*code != 0)
    return Fail(ErrorCode::kUnavailable, "cannot write \"" + name + "\" in pod \"" + head.name +
                                             "\": " + shared::EscapeControl(shared::Trim(said)));
  return shared::Ok();
}

// What stands after the script's name, and after `--`.
std::vector<std::string> ArgumentsOf(const SubmitScriptFlags& flags, const CommandContext& context) {
  std::vector<std::string> arguments = flags.arguments;
  if (context.global.program)
    arguments.insert(arguments.end(), context.global.program->begin(), context.global.program->end());
  return arguments;
}

Result<int> Run(const SubmitScriptFlags& flags, CommandContext& context) {
  const std::vector<std::string> arguments = ArgumentsOf(flags, context);
  if (!flags.args.empty() && !arguments.empty())
    return Fail(ErrorCode::kUsage, "--args and arguments after the script contradict",
                "Leave out --args, and write them all after --.");
  TRY(TakeRaysFlags(flags.rays, flags.start, context.io));
  TRY(SizeOf(flags.script));
  if (flags.start) TRY(StartCluster(flags.file, flags.cluster_name, flags.rays.disable_usage_stats, context));
  ASSIGN_OR_RETURN(const NamedCluster cluster, ResolveFileTarget(flags.file, flags.cluster_name, context));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const RayPod head, FindRunningHead(*kube, cluster));
  const std::string name = std::filesystem::path(flags.script).filename().string();
  TRY(SendScript(*kube, head, flags.script, name));
  PodCommand command{{"sh", "-c", flags.args.empty() ? kRunScript : kRunScriptInShell, "sh", name},
                     "",
                     false,
                     context.io.in_is_terminal};
  command.with_stdin = command.tty;
  if (!flags.args.empty()) command.command.push_back(flags.args);
  command.command.insert(command.command.end(), arguments.begin(), arguments.end());
  return RunInPod(head, command, context);
}

}  // namespace

void Submit(Leaf& leaf) {
  auto& flags = leaf.Flags<SubmitScriptFlags>();
  AddFileArgument(leaf, &flags.file, "The cluster's file, or its name");
  leaf.Argument("SCRIPT", &flags.script, "A Python program on this machine", kNoNames)->required();
  leaf.Argument("ARGUMENT", &flags.arguments,
                "The program's arguments; those that begin with a dash after --", kNoNames);
  leaf.Flag("--args", &flags.args,
            "The program's arguments in one word, which the shell of the pod takes apart; better after --");
  leaf.Flag("--start", &flags.start, "Bring the file's cluster up first, without being asked");
  AddClusterNameFlag(leaf, &flags.cluster_name);
  AddRaysFlags(leaf, &flags.rays);
  leaf.TakesProgram();
  leaf.Note(
      "Copies the one file into the home directory of the head and runs it there, as `ray submit` does; it "
      "ends "
      "with this command. The exit code is the program's. `kubectl ray job submit` sends a whole directory, "
      "and the "
      "job goes on by itself.");
  leaf.Example("Run a program on the head, with arguments",
               "kubectl ray submit cluster.yaml train.py -- --epochs 3");
  leaf.Example("Bring the cluster up first, if it is not",
               "kubectl ray submit --start cluster.yaml train.py");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
