#include "kubectl-ray/kube/port_forward.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <mutex>
#include <utility>

#include "shared/text.h"
#include "shared/thread_group.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;

constexpr std::size_t kChunkBytes = 64 * 1024;
constexpr std::size_t kMaxUnsentBytes = 512 * 1024;
constexpr std::size_t kMaxErrorBytes = 4096;
constexpr std::chrono::seconds kHalfCloseSilence(30);
constexpr char kDataChannel = 0;
constexpr char kErrorChannel = 1;

// The loop between the two sockets of one forwarded connection.
class Pump {
 public:
  Pump(PodChannels channels, int fd, int stop_fd)
      : channels_(std::move(channels)), fd_(fd), stop_fd_(stop_fd) {
    chunk_.assign(kChunkBytes + 1, kDataChannel);
  }

  PumpEnd Run() {
    while (MoveToLocal() && ReadLocal() && Flush() && Wait()) {
    }
    return std::move(end_);
  }

 private:
  // Passes on what has come from the pod, until there is no more, the local side takes no more, or it is the
  // other direction's turn. Returns false if this direction is over.
  bool MoveToLocal() {
    more_waits_ = true;
    for (int turn = 0; turn < 64; ++turn) {
      if (!WriteLocal()) return false;
      if (!to_local_.empty()) break;
      const auto state = channels_.TryReceive(&message_);
      if (!state) return Broken();
      if (*state == PodChannels::ReceiveState::kClosed) return false;
      if (*state == PodChannels::ReceiveState::kWouldBlock) {
        more_waits_ = false;
        break;
      }
      TakeMessage(message_);
    }
    return true;
  }

  void TakeMessage(std::string& payload) {
    if (payload.empty()) return;
    const char channel = payload[0];
    if (channel != kDataChannel && channel != kErrorChannel) return;
    bool& greeted = channel == kDataChannel ? data_greeted_ : error_greeted_;
    if (!std::exchange(greeted, true) && channels_.greets()) return;  // the channel's port
    if (channel == kErrorChannel) {
      shared::AppendUpTo(&end_.remote_error, std::string_view(payload).substr(1), kMaxErrorBytes);
      return;
    }
    if (payload.size() == 1) return;
    end_.received += payload.size() - 1;
    to_local_.swap(payload);
    written_ = 1;
    last_received_ = Deadline::Clock::now();
  }

  // Returns false if the local side is gone.
  bool WriteLocal() {
    while (written_ < to_local_.size()) {
      const ssize_t n = send(fd_, to_local_.data() + written_, to_local_.size() - written_, 0);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
      written_ += static_cast<std::size_t>(n);
    }
    to_local_.clear();
    return true;
  }

  bool ReadLocal() {
    while (!local_ended_ && channels_.unsent_bytes() < kMaxUnsentBytes) {
      const ssize_t n = recv(fd_, chunk_.data() + 1, kChunkBytes, 0);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
      if (n == 0) {
        local_ended_ = true;
        end_passed_on_ = channels_.End(kDataChannel);
        last_received_ = Deadline::Clock::now();
        break;
      }
      end_.sent += static_cast<std::uint64_t>(n);
      const std::string_view message(chunk_.data(), static_cast<std::size_t>(n) + 1);
      if (!channels_.Queue(message)) StopSending();
    }
    return true;
  }

  bool Flush() {
    if (!channels_.Flush()) StopSending();
    return true;
  }

  // The pod takes no more; what it has sent is still passed on.
  void StopSending() {
    end_.broken = true;
    local_ended_ = true;
  }

  bool Broken() {
    end_.broken = true;
    return false;
  }

  bool Wait() {
    const bool local_full = !to_local_.empty();
    const bool reads_local = !local_ended_ && channels_.unsent_bytes() < kMaxUnsentBytes;
    auto events = [](bool in, bool out) {
      return static_cast<short>((in ? POLLIN : 0) | (out ? POLLOUT : 0));
    };
    std::array<pollfd, 3> fds = {pollfd{fd_, events(reads_local, local_full), 0},
                                 pollfd{channels_.fd(), events(!local_full, channels_.waits_to_send()), 0},
                                 pollfd{stop_fd_, POLLIN, 0}};
    const Deadline silence = local_ended_ && !end_passed_on_
                                 ? Deadline::At(last_received_ + kHalfCloseSilence)
                                 : Deadline::Never();
    const auto timeout =
        more_waits_ && !local_full ? std::chrono::milliseconds(0) : silence.Remaining(channels_.KeepAlive());
    const int ready = poll(fds.data(), fds.size(), static_cast<int>(timeout.count()));
    if ((ready == 0 && silence.passed()) || fds[2].revents != 0) return false;
    // Both halves are closed: nobody can read an answer.
    return !(local_ended_ && (fds[0].revents & (POLLHUP | POLLERR)) != 0);
  }

  PodChannels channels_;
  const int fd_;
  const int stop_fd_;
  PumpEnd end_;
  std::string chunk_;     // on the heap, because some C libraries give threads small stacks
  std::string message_;   // kept to reuse its memory
  std::string to_local_;  // a whole message; its first byte is the channel
  std::size_t written_ = 0;
  bool data_greeted_ = false;
  bool error_greeted_ = false;
  bool local_ended_ = false;
  bool end_passed_on_ = false;  // so that the pod ends the connection when its answer is whole
  bool more_waits_ = false;     // perhaps in TLS's buffer, which poll() does not see
  Deadline::Clock::time_point last_received_ = Deadline::Clock::now();
};

void SetFlags(int fd) {
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

}  // namespace

Result<PodChannels> OpenPodPort(const KubeClient& client, const PodPort& target) {
  const std::string port = std::to_string(target.port);
  const auto stream = [&](char channel, const char* type) {
    return PodProtocol::Stream{channel, {{"streamType", type}, {"port", port}, {"requestID", "0"}}};
  };
  return client.OpenChannels(ResourcePath(kPods, target.ns, target.pod) + "/portforward?ports=" + port,
                             {"v4.channel.k8s.io",
                              "portforward.k8s.io",
                              {stream(kErrorChannel, "error"), stream(kDataChannel, "data")}});
}

PumpEnd PumpPodPort(PodChannels channels, int fd, int stop_fd) {
  return Pump(std::move(channels), fd, stop_fd).Run();
}

struct PodDialer::State {
  const KubeClient* client;
  PodPort target;
  int stop_fds[2] = {-1, -1};
  mutable std::mutex mutex;
  std::string last_error;

  shared::ThreadGroup connections;

  void Run(PodChannels channels, int fd) {
    PumpEnd end = PumpPodPort(std::move(channels), fd, stop_fds[0]);
    {
      // Stored before the connection closes, so that whoever sees it close can ask for the reason.
      std::lock_guard lock(mutex);
      if (!end.remote_error.empty()) last_error = std::move(end.remote_error);
    }
    close(fd);
  }
};

PodDialer::PodDialer(const KubeClient* client, PodPort target) : state_(std::make_unique<State>()) {
  state_->client = client;
  state_->target = std::move(target);
  if (pipe(state_->stop_fds) == 0)
    for (int fd : state_->stop_fds) SetFlags(fd);
}

PodDialer::~PodDialer() {
  if (state_->stop_fds[1] >= 0) close(state_->stop_fds[1]);  // every pump sees the other end hang up
  state_->connections.JoinAll();
  if (state_->stop_fds[0] >= 0) close(state_->stop_fds[0]);
}

Result<int> PodDialer::Dial() {
  ASSIGN_OR_RETURN(PodChannels channels, OpenPodPort(*state_->client, state_->target));
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
    return Fail(ErrorCode::kInternal, "cannot make a pair of sockets: " + shared::ErrnoText(errno));
  for (int fd : fds) SetFlags(fd);
  std::lock_guard lock(state_->mutex);
  state_->connections.JoinEnded();
  const Status started = state_->connections.Start(
      [state = state_.get(), channels = std::make_shared<PodChannels>(std::move(channels)), fd = fds[1]] {
        state->Run(std::move(*channels), fd);
      });
  if (started) return fds[0];
  for (int fd : fds) close(fd);
  return shared::Unexpected(started.error());
}

std::string PodDialer::last_error() const {
  std::lock_guard lock(state_->mutex);
  return state_->last_error;
}

}  // namespace kubectl_ray
