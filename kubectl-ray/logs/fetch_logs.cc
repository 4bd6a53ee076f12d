#include "kubectl-ray/logs/fetch_logs.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/kube/exec_stream.h"
#include "kubectl-ray/logs/directory_writer.h"
#include "kubectl-ray/logs/log_directory.h"
#include "kubectl-ray/logs/tar_reader.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Error;
using shared::ErrorCode;
using shared::Fail;
using shared::Status;

constexpr std::size_t kPodsAtOnce = 4;
constexpr std::size_t kMaxSaidBytes = 512;

// GNU tar, else any tar, else the Python that every Ray image has.
std::vector<std::vector<std::string>> ArchiveCommands() {
  return {InLogDirectory("exec tar --warning=no-file-changed -cf - -C \"$logs/\" ."),
          InLogDirectory("exec tar -cf - -C \"$logs/\" ."),
          InLogDirectory("exec python3 -c \"$1\" \"$logs/\"",
                         {"import sys, tarfile\n"
                          "with tarfile.open(fileobj=sys.stdout.buffer, mode='w|') as archive:\n"
                          "    archive.add(sys.argv[1], arcname='.')\n"})};
}

class Fetcher {
 public:
  Fetcher(const KubeClient& kube, const std::vector<RayPod>& pods, const std::string& out_dir, Streams& io)
      : kube_(kube), pods_(pods), out_dir_(out_dir), io_(io) {}

  Status Run() {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < std::min(kPodsAtOnce, pods_.size()); ++i)
      threads.emplace_back([this] { FetchPods(); });
    for (std::thread& thread : threads) thread.join();
    if (io_.err_is_terminal) io_.err << "\r\033[K" << std::flush;
    if (!failure_) return shared::Ok();
    if (failure_->code == ErrorCode::kInterrupted || pods_.size() == 1) return shared::Unexpected(*failure_);
    return Fail(failure_->code,
                "cannot fetch the logs of " + std::to_string(failures_) + " of " +
                    std::to_string(pods_.size()) + " pods",
                "What went wrong is printed above" +
                    (failures_ < pods_.size() ? "; the files of the others are in " + out_dir_ + "." : "."));
  }

  std::uint64_t bytes() const { return bytes_; }

 private:
  void FetchPods() {
    while (const RayPod* pod = Begin())
      if (const Status outcome = FetchPod(*pod); !outcome) NoteFailure(*pod, outcome.error());
  }

  // Returns the next pod, and announces it in the order of the list; nullptr if there is none.
  const RayPod* Begin() {
    std::lock_guard lock(mutex_);
    const std::size_t i = next_++;
    if (i >= pods_.size()) return nullptr;
    io_.out << official::DownloadingLog(pods_[i].name) << std::endl;
    return &pods_[i];
  }

  void NoteFailure(const RayPod& pod, const Error& error) {
    std::lock_guard lock(mutex_);
    if (!failure_ || error.code == ErrorCode::kInterrupted) failure_ = error;
    ++failures_;
    if (error.code != ErrorCode::kInterrupted && pods_.size() > 1)
      io_.err << "pod \"" << pod.name << "\": " << shared::EscapeControl(error.message) << std::endl;
  }

  void Say(const std::string& message) {
    std::lock_guard lock(mutex_);
    io_.err << shared::EscapeControl(message) << std::endl;
  }

  Status FetchPod(const RayPod& pod) {
    if (SafePathParts(pod.name) != std::vector<std::string>{pod.name})
      return Fail(ErrorCode::kInternal, "a pod is named \"" + pod.name + "\": not fetched");
    ASSIGN_OR_RETURN(DirectoryWriter writer, DirectoryWriter::Open(out_dir_ + "/" + pod.name));
    TRY(FetchStdout(pod, &writer));
    if (!pod.running) {
      Say("pod \"" + pod.name + "\": its container does not run now, so there is its stdout.log alone");
      return shared::Ok();
    }
    Status outcome = shared::Ok();
    for (const std::vector<std::string>& command : ArchiveCommands()) {
      bool received = false;
      outcome = FetchArchive(pod, command, &writer, &received);
      if (outcome || received || outcome.error().code != ErrorCode::kInternal) break;
    }
    return outcome;
  }

  Status FetchStdout(const RayPod& pod, DirectoryWriter* writer) {
    TRY(writer->BeginFile("stdout.log"));
    Status written = shared::Ok();
    shared::HttpRequest request;
    request.on_body = [&](std::string_view piece) {
      written = writer->Write(piece);
      Count(piece.size());
      return written.has_value();
    };
    const auto response = kube_.Send(std::move(request), PodLogPath(pod.ns, pod.name, pod.container));
    TRY(written);
    if (!response) return shared::Unexpected(response.error());
    return writer->EndFile();
  }

  // *received is set if something came, because another command would then do no better.
  Status FetchArchive(const RayPod& pod, const std::vector<std::string>& command, DirectoryWriter* writer,
                      bool* received) {
    bool skipped = false;
    TarReader::Handlers handlers;
    handlers.on_entry = [&](const TarEntry& entry) {
      skipped = entry.type == TarEntry::Type::kFile && SafePathParts(entry.name).empty();
      if (skipped) Say("pod \"" + pod.name + "\": a file named \"" + entry.name + "\" is left out");
      if (entry.type == TarEntry::Type::kFile && !skipped) return writer->BeginFile(entry.name);
      return entry.type == TarEntry::Type::kDirectory ? writer->MakeDirectory(entry.name) : shared::Ok();
    };
    handlers.on_data = [&](std::string_view data) { return skipped ? shared::Ok() : writer->Write(data); };
    handlers.on_end = [&] { return writer->EndFile(); };
    TarReader reader(std::move(handlers));
    Status read = shared::Ok();
    std::string said;
    ExecIo io;
    io.on_stdout = [&](std::string_view piece) {
      *received = true;
      Count(piece.size());
      read = reader.Take(piece);
      return read.has_value();
    };
    io.on_stderr = [&](std::string_view piece) {
      shared::AppendUpTo(&said, piece, kMaxSaidBytes);
      return true;
    };
    const auto code = RunExec(kube_, {pod.ns, pod.name, pod.container, command}, io);
    TRY(read);
    if (!code) return shared::Unexpected(code.error());
    if (*code > 1)  // 1 means that a file grew while it was read
      return Fail(ErrorCode::kInternal,
                  "cannot pack the logs of pod \"" + pod.name + "\": the packing ended with code " +
                      std::to_string(*code) +
                      (said.empty() ? "" : ": " + std::string(shared::FirstLine(said))));
    if (!reader.at_end())
      return Fail(ErrorCode::kUnavailable, "the archive of pod \"" + pod.name + "\" is cut");
    return shared::Ok();
  }

  void Count(std::size_t bytes) {
    const std::uint64_t total = bytes_ += bytes;
    if (!io_.err_is_terminal || total / kProgressBytes == (total - bytes) / kProgressBytes) return;
    std::lock_guard lock(mutex_);
    io_.err << '\r' << shared::FormatBytes(total) << " from " << std::min(next_.load(), pods_.size())
            << " of " << pods_.size() << " pods\033[K" << std::flush;
  }

  static constexpr std::uint64_t kProgressBytes = 4u << 20;

  const KubeClient& kube_;
  const std::vector<RayPod>& pods_;
  const std::string out_dir_;
  Streams& io_;
  std::mutex mutex_;
  std::optional<Error> failure_;  // the first error, or the Interrupt's
  std::size_t failures_ = 0;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace

Status FetchLogs(const KubeClient& kube, const std::vector<RayPod>& pods, const std::string& out_dir,
                 Streams& io) {
  Fetcher fetcher(kube, pods, out_dir, io);
  const Status outcome = fetcher.Run();
  if (outcome)
    io.err << shared::FormatBytes(fetcher.bytes()) << " from " << pods.size()
           << (pods.size() == 1 ? " pod" : " pods") << " are in " << out_dir << '\n';
  return outcome;
}

}  // namespace kubectl_ray
