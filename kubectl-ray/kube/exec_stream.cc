#include "kubectl-ray/kube/exec_stream.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>

#include "shared/url.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::StringAt;

constexpr char kStdin = 0;
constexpr char kStdout = 1;
constexpr char kStderr = 2;
constexpr char kStatus = 3;
constexpr char kResize = 4;
constexpr std::size_t kChunkBytes = 32 * 1024;
constexpr std::size_t kMaxUnsentBytes = 256 * 1024;
constexpr std::size_t kMaxStatusBytes = 64 * 1024;

class ExecLoop {
 public:
  ExecLoop(PodChannels channels, const ExecRequest& request, const ExecIo& io,
           const shared::Interrupt* interrupt)
      : channels_(std::move(channels)),
        io_(io),
        interrupt_(interrupt),
        reads_input_(request.with_stdin),
        chunk_(kChunkBytes + 1, kStdin) {}

  Result<int> Run() {
    if (io_.window_size) SendSize();
    while (true) {
      TRY(Receive());
      if (outcome_) return *std::move(outcome_);
      // A command that has ended takes no more input, but its exit code is still to be read.
      if (!channels_.Flush()) reads_input_ = false;
      TRY(Wait());
    }
  }

 private:
  shared::Unexpected<shared::Error> Broken(const std::string& cause) const {
    return Fail(ErrorCode::kUnavailable, "the connection to the command broke: " + cause,
                "Whether the command still runs is not known.");
  }

  // Reads all messages that have come.
  shared::Status Receive() {
    while (!outcome_) {
      const auto state = channels_.TryReceive(&message_);
      if (!state) return Broken(state.error().message);
      if (*state == PodChannels::ReceiveState::kWouldBlock) return shared::Ok();
      if (*state == PodChannels::ReceiveState::kClosed) return Conclude();
      if (!message_.empty()) Take(message_);
    }
    return shared::Ok();
  }

  // The close comes after the status, and the status after all output.
  shared::Status Conclude() {
    if (status_.empty()) return Broken("it was closed before the command's end was reported");
    outcome_ = ReadExecStatus(status_);
    return shared::Ok();
  }

  void Take(std::string_view payload) {
    const char channel = payload[0];
    payload.remove_prefix(1);
    bool goes_on = true;
    if (channel == kStdout && io_.on_stdout && !payload.empty()) goes_on = io_.on_stdout(payload);
    if (channel == kStderr && io_.on_stderr && !payload.empty()) goes_on = io_.on_stderr(payload);
    if (channel == kStatus && status_.size() < kMaxStatusBytes) status_ += payload;
    if (!goes_on) outcome_ = Fail(ErrorCode::kInternal, "stopped: the output takes no more");
  }

  void SendSize() {
    const auto [columns, rows] = io_.window_size();
    std::string message(1, kResize);
    message += shared::DumpJson({{"Width", columns}, {"Height", rows}});
    (void)!channels_.Queue(message);
  }

  void ReadInput() {
    const ssize_t n = read(io_.input_fd, chunk_.data() + 1, kChunkBytes);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (n > 0) {
      const std::string_view message(chunk_.data(), static_cast<std::size_t>(n) + 1);
      if (!channels_.Queue(message)) reads_input_ = false;
      return;
    }
    reads_input_ = false;
    if (io_.on_input_end && !io_.on_input_end()) {
      outcome_ = Fail(ErrorCode::kInternal, "stopped: the input is not whole");
      return;
    }
    (void)channels_.End(kStdin);
  }

  shared::Status Wait() {
    const bool takes_input = reads_input_ && channels_.unsent_bytes() < kMaxUnsentBytes;
    const short socket_events = static_cast<short>(POLLIN | (channels_.waits_to_send() ? POLLOUT : 0));
    std::array<pollfd, 4> fds = {
        pollfd{channels_.fd(), socket_events, 0}, pollfd{takes_input ? io_.input_fd : -1, POLLIN, 0},
        pollfd{io_.resize_fd, POLLIN, 0}, pollfd{interrupt_ != nullptr ? interrupt_->fd() : -1, POLLIN, 0}};
    poll(fds.data(), fds.size(), static_cast<int>(channels_.KeepAlive().count()));
    if (interrupt_ != nullptr && interrupt_->raised()) return Fail(ErrorCode::kInterrupted, "interrupted");
    if (fds[1].revents != 0) ReadInput();
    if (fds[2].revents != 0 && io_.window_size) SendSize();
    return shared::Ok();
  }

  PodChannels channels_;
  const ExecIo& io_;
  const shared::Interrupt* const interrupt_;
  bool reads_input_;
  std::string chunk_;
  std::string message_;  // kept to reuse its memory
  std::string status_;
  std::optional<Result<int>> outcome_;
};

// SPDY's streams are those that the path asks for, in kubectl's order.
PodProtocol ExecProtocol(const ExecRequest& request) {
  const auto stream = [](char channel, const char* type, bool receives) {
    return PodProtocol::Stream{channel, {{"streamType", type}}, receives};
  };
  PodProtocol protocol{"v5.channel.k8s.io, v4.channel.k8s.io", "v4.channel.k8s.io", {}};
  protocol.streams = {stream(kStatus, "error", true)};
  if (request.with_stdin) protocol.streams.push_back(stream(kStdin, "stdin", false));
  protocol.streams.push_back(stream(kStdout, "stdout", true));
  if (!request.tty) protocol.streams.push_back(stream(kStderr, "stderr", true));
  if (request.tty) protocol.streams.push_back(stream(kResize, "resize", false));
  return protocol;
}

}  // namespace

std::string ExecPath(const ExecRequest& request) {
  std::string path = ResourcePath(kPods, request.ns, request.pod) + "/exec?stdout=true";
  if (!request.tty) path += "&stderr=true";
  if (request.with_stdin) path += "&stdin=true";
  if (request.tty) path += "&tty=true";
  if (!request.container.empty()) path += "&container=" + shared::UrlEncode(request.container);
  for (const std::string& word : request.command) path += "&command=" + shared::UrlEncode(word);
  return path;
}

Result<int> ReadExecStatus(std::string_view text) {
  const auto status = shared::ParseJson(text);
  if (!status)
    return Fail(ErrorCode::kInternal, "the command's end cannot be read: " + status.error().message);
  if (StringAt(*status, {"status"}) == "Success") return 0;
  const Json& causes = shared::At(*status, {"details", "causes"});
  if (causes.is_array())
    for (const Json& cause : causes) {
      if (StringAt(cause, {"reason"}) != "ExitCode") continue;
      const std::string message = StringAt(cause, {"message"});
      int code = 0;
      const auto [end, error] = std::from_chars(message.data(), message.data() + message.size(), code);
      if (error == std::errc() && end == message.data() + message.size()) return code;
    }
  const std::string message = StringAt(*status, {"message"});
  return Fail(ErrorCode::kInternal,
              "cannot run the command: " + (message.empty() ? "the server does not say why" : message));
}

Result<PodChannels> OpenExec(const KubeClient& kube, const ExecRequest& request) {
  return kube.OpenChannels(ExecPath(request), ExecProtocol(request));
}

Result<int> RunExec(const KubeClient& kube, const ExecRequest& request, const ExecIo& io) {
  ASSIGN_OR_RETURN(PodChannels channels, OpenExec(kube, request));
  return ExecLoop(std::move(channels), request, io, kube.access().http.interrupt).Run();
}

}  // namespace kubectl_ray
