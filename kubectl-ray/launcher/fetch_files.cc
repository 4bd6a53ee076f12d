#include "kubectl-ray/launcher/fetch_files.h"

#include <optional>

#include "kubectl-ray/cli/progress.h"
#include "kubectl-ray/kube/exec_stream.h"
#include "kubectl-ray/launcher/pod_python.h"
#include "kubectl-ray/launcher/received_files.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Status;

constexpr std::size_t kMostSaid = 64 * 1024;
constexpr std::uint64_t kShownEvery = 1u << 20;
constexpr int kSomeUnreadable = 3;

// A file that has several names is sent for each. One that grows is sent as long as it was, which logs do.
constexpr const char* kSend = R"py(
import os, sys, tarfile
source = os.path.join(os.path.expanduser('~'), os.path.expanduser(sys.argv[1]))
code = 0
def write(entry, content=None):
    try:
        archive.addfile(entry, content)
    except OSError as error:
        sys.exit(f'{entry.name}: {error}')
def send(path, name):
    global code
    try:
        entry = archive.gettarinfo(path, name)
        if entry is None:
            return
        if entry.isreg() or entry.islnk():
            with open(path, 'rb') as content:
                entry.type, entry.size = tarfile.REGTYPE, os.fstat(content.fileno()).st_size
                write(entry, content)
            return
        names = sorted(os.listdir(path)) if entry.isdir() else []
    except OSError as error:
        print(f'{path}: {error.strerror or error}', file=sys.stderr)
        code = 3
        return
    if entry.isdir() or entry.issym():
        write(entry)
    for below in names:
        send(os.path.join(path, below), name + '/' + below)
name = os.path.basename(source)
if name in ('', '.', '..') and os.path.isdir(source):
    name = '.'
path = os.path.realpath(source)
try:
    os.stat(source)
    os.listdir(path) if os.path.isdir(path) else open(path, 'rb').close()
except OSError as error:
    sys.exit(error.strerror or str(error))
with tarfile.open(fileobj=sys.stdout.buffer, mode='w|', format=tarfile.GNU_FORMAT) as archive:
    send(path, name)
sys.stdout.buffer.flush()
sys.exit(code)
)py";

// Returns what a command that ended with `code` means.
Status Judge(int code, const std::string& what, const std::string& said, bool at_end) {
  if (code == kSomeUnreadable)
    return Fail(ErrorCode::kUnavailable, "cannot copy all of " + what,
                "What cannot be read there is printed above; all else was copied.");
  if (code != 0)
    return Fail(ErrorCode::kUnavailable,
                "cannot read " + what + ": " + shared::EscapeControl(shared::Trim(said)));
  if (!at_end) return Fail(ErrorCode::kUnavailable, "cannot copy " + what + ": what came is cut");
  return shared::Ok();
}

}  // namespace

std::vector<std::string> SendCommand(const std::string& source) { return PythonCommand(kSend, {source}); }

Status FetchFiles(const KubeClient& kube, const RayPod& pod, const std::string& source,
                  const std::string& target, Streams& io) {
  std::optional<Progress> progress;
  if (io.err_is_terminal) progress.emplace(io);
  const auto say = [&](std::string_view message) {
    if (progress) progress->Clear();
    io.err << shared::EscapeControl(message) << std::endl;
  };
  ReceivedFiles files(target, say);
  Status taken = shared::Ok();
  std::string said;
  ExecIo exec_io;
  exec_io.on_stdout = [&](std::string_view piece) {
    const std::uint64_t before = files.bytes();
    taken = files.Take(piece);
    if (progress && before / kShownEvery != files.bytes() / kShownEvery)
      progress->Show(shared::FormatBytes(files.bytes()) + " from " + pod.name);
    return taken.has_value();
  };
  exec_io.on_stderr = [&](std::string_view piece) {
    shared::AppendUpTo(&said, piece, kMostSaid);
    return true;
  };
  const auto code = RunExec(kube, {pod.ns, pod.name, pod.container, SendCommand(source)}, exec_io);
  if (progress) progress->Clear();
  TRY(taken);
  if (!code) return shared::Unexpected(code.error());
  if (*code == kSomeUnreadable) say(shared::Trim(said));
  if (files.files() > 0 || *code == 0)
    say("copied " + std::to_string(files.files()) + (files.files() == 1 ? " file, " : " files, ") +
        shared::FormatBytes(files.bytes()));
  return Judge(*code, "\"" + source + "\" of pod \"" + pod.name + "\"", said, files.at_end());
}

}  // namespace kubectl_ray
