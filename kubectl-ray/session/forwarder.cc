#include "kubectl-ray/session/forwarder.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "kubectl-ray/kube/port_forward.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "shared/thread_group.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Result;
using shared::Status;

constexpr std::size_t kMaxConnections = 1000;
constexpr std::chrono::seconds kLongestWaitForHead(30);
constexpr std::chrono::milliseconds kRetryDelay(250);
// How many connections are opened ahead for a port in use, because a handshake through API server and kubelet
// takes ten times as long as a request.
constexpr std::size_t kMaxSpares = 2;
constexpr std::chrono::seconds kSpareLife(20);

// The current head pod, as the watch reports it.
class HeadTracker {
 public:
  // Returns whether it is a different pod than before.
  bool Update(const RayPod& pod, bool deleted) {
    std::lock_guard lock(mutex_);
    std::erase_if(pods_, [&](const RayPod& known) { return known.uid == pod.uid; });
    if (!deleted) pods_.push_back(pod);
    const RayPod* best = BestHead(pods_);
    const std::string name = best != nullptr ? best->name : "";
    const bool changed = name != name_;
    name_ = name;
    changed_.notify_all();
    return changed;
  }

  std::string name() const {
    std::lock_guard lock(mutex_);
    return name_;
  }

  // Waits for a head; returns an empty name if none came in time or the session ends.
  std::string Wait(Deadline deadline) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, deadline.Remaining(), [&] { return stopping_ || !name_.empty(); });
    return stopping_ ? "" : name_;
  }

  // Returns false if the session ends meanwhile.
  bool Pause(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, time, [&] { return stopping_; });
  }

  void Stop() {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<RayPod> pods_;
  std::string name_;
  bool stopping_ = false;
};

// Ways to one port of one pod that are not in use yet. Thread-safe.
class Spares {
 public:
  // Returns whether one more is wanted. If so, Put() must follow. Without this reservation, hundreds of
  // connections that begin at once would make hundreds of spares, each with a handshake that delays them.
  bool Reserve() {
    std::lock_guard lock(mutex_);
    if (spares_.size() + reserved_ >= kMaxSpares) return false;
    ++reserved_;
    return true;
  }

  // Takes the result of a reservation.
  void Put(const std::string& pod, shared::Result<PodChannels> socket) {
    std::lock_guard lock(mutex_);
    --reserved_;
    if (socket) spares_.push_back({pod, *std::move(socket), Deadline::After(kSpareLife)});
  }

  // Returns the newest one to that pod that is still open.
  std::optional<PodChannels> Take(const std::string& pod) {
    std::lock_guard lock(mutex_);
    while (!spares_.empty()) {
      Spare spare = std::move(spares_.back());
      spares_.pop_back();
      if (spare.pod == pod && !spare.deadline.passed() && IsOpen(spare.socket))
        return std::move(spare.socket);
    }
    return std::nullopt;
  }

  void DropOld() {
    std::lock_guard lock(mutex_);
    std::erase_if(spares_, [](const Spare& spare) { return spare.deadline.passed(); });
  }

 private:
  struct Spare {
    std::string pod;
    PodChannels socket;
    Deadline deadline;
  };

  static bool IsOpen(const PodChannels& socket) {
#ifdef POLLRDHUP
    constexpr short kEnd = POLLRDHUP;
#else
    constexpr short kEnd = 0;  // POLLHUP is always reported
#endif
    pollfd fd = {socket.fd(), kEnd, 0};
    return poll(&fd, 1, 0) == 0;
  }

  std::mutex mutex_;
  std::vector<Spare> spares_;
  std::size_t reserved_ = 0;
};

class Forwarder {
 public:
  Forwarder(const KubeClient& kube, std::string ns, std::vector<ForwardedPort> ports, bool verbose,
            const std::function<void(const std::string&)>& say)
      : kube_(kube),
        ns_(std::move(ns)),
        ports_(std::move(ports)),
        silent_(ports_.size()),
        spares_(ports_.size()),
        verbose_(verbose),
        say_(say) {
    if (pipe(stop_fds_) != 0) return;
    for (int fd : stop_fds_) fcntl(fd, F_SETFD, FD_CLOEXEC);
    acceptor_ = std::thread([this] { Accept(); });
  }

  ~Forwarder() {
    head_.Stop();
    if (stop_fds_[1] >= 0) close(stop_fds_[1]);  // every poll sees the other end hang up
    if (acceptor_.joinable()) acceptor_.join();
    connections_.JoinAll();
    if (stop_fds_[0] >= 0) close(stop_fds_[0]);
  }

  HeadTracker& head() { return head_; }

 private:
  void Accept() {
    std::vector<pollfd> fds = {{stop_fds_[0], POLLIN, 0}};
    std::vector<std::size_t> owners = {0};  // of each of fds, but the first: its index in ports_
    for (std::size_t index = 0; index < ports_.size(); ++index)
      for (const int fd : ports_[index].listener.fds()) {
        fds.push_back({fd, POLLIN, 0});
        owners.push_back(index);
      }
    while (true) {
      connections_.JoinEnded();
      // Above the limit, new connections wait in the kernel's queue.
      const bool full = connections_.size() >= kMaxConnections;
      poll(fds.data(), full ? 1 : fds.size(), full ? 100 : 5000);
      for (Spares& spares : spares_) spares.DropOld();
      if (fds[0].revents != 0) return;
      for (std::size_t i = 1; i < fds.size() && !full; ++i)
        if ((fds[i].revents & POLLIN) != 0) TakeConnection(fds[i].fd, owners[i]);
    }
  }

  void TakeConnection(int listener, std::size_t index) {
    const int fd = AcceptConnection(listener);
    if (fd < 0) {
      // Out of file descriptors: the connection stays in the kernel's queue.
      if (errno == EMFILE || errno == ENFILE) head_.Pause(kRetryDelay);
      return;
    }
    const Status started = connections_.Start([this, index, fd] {
      Serve(fd, index);
      close(fd);
    });
    if (!started) {
      close(fd);
      return say_(Where(index) + ": " + started.error().message);
    }
    // Without a spare, the next connection waits a little longer.
    (void)connections_.Start([this, index] { Refill(index); });
  }

  std::string Where(std::size_t index) const {
    return "port " + std::to_string(ports_[index].listener.port());
  }

  // A port on which nobody listens gets no spare, because it would be closed at once.
  void Refill(std::size_t index) {
    const std::string pod = head_.name();
    if (pod.empty() || silent_[index] || !spares_[index].Reserve()) return;
    spares_[index].Put(pod, OpenPodPort(kube_, {ns_, pod, ports_[index].port.remote}));
  }

  void Serve(int fd, std::size_t index) {
    const int remote = ports_[index].port.remote;
    const std::string where = Where(index);
    if (verbose_) say_(where + ": a connection");
    auto spare = spares_[index].Take(head_.name());
    auto socket = spare ? Result<PodChannels>(*std::move(spare)) : OpenToHead(remote);
    if (!socket) {
      const shared::Error& error = socket.error();
      const std::string way_out = error.hint.empty() ? "" : "; " + error.hint;
      if (error.code != ErrorCode::kInterrupted) say_(where + ": " + error.message + way_out);
      return;
    }
    const PumpEnd end = PumpPodPort(*std::move(socket), fd, stop_fds_[0]);
    if (end.remote_error.empty()) {
      silent_[index] = false;
    } else if (!silent_[index].exchange(true) || verbose_) {  // a browser asks again and again
      say_(where + ": nothing answers on the head's port " + std::to_string(remote) +
           (verbose_ ? ": " + end.remote_error : ""));
    }
    if (verbose_)
      say_(where + ": a connection ended, " + std::to_string(end.sent) + " bytes to the head and " +
           std::to_string(end.received) + " from it");
  }

  // Tries the current head until one accepts the connection.
  Result<PodChannels> OpenToHead(int port) {
    const Deadline deadline = Deadline::After(kLongestWaitForHead);
    while (true) {
      const std::string pod = head_.Wait(deadline);
      if (pod.empty())
        return shared::Fail(deadline.passed() ? ErrorCode::kTimeout : ErrorCode::kInterrupted,
                            "the cluster has no running head");
      auto socket = OpenPodPort(kube_, {ns_, pod, port});
      const bool mendable = !socket && (socket.error().code == ErrorCode::kNotFound ||
                                        socket.error().code == ErrorCode::kUnavailable ||
                                        socket.error().code == ErrorCode::kTimeout);
      if (!mendable || deadline.passed()) return socket;
      if (!head_.Pause(kRetryDelay)) return shared::Fail(ErrorCode::kInterrupted, "interrupted");
    }
  }

  const KubeClient& kube_;
  const std::string ns_;
  const std::vector<ForwardedPort> ports_;
  // For each of ports_: whether nobody listened when the last connection was made.
  std::vector<std::atomic<bool>> silent_;
  std::vector<Spares> spares_;  // one for each of ports_
  const bool verbose_;
  const std::function<void(const std::string&)>& say_;
  HeadTracker head_;
  int stop_fds_[2] = {-1, -1};
  shared::ThreadGroup connections_;  // used on the acceptor's thread only
  std::thread acceptor_;
};

}  // namespace

Status ForwardPorts(const KubeClient& kube, const std::string& ns, const std::string& cluster,
                    std::vector<ForwardedPort> ports, bool verbose,
                    const std::function<void(const std::string&)>& say) {
  Forwarder forwarder(kube, ns, std::move(ports), verbose, say);
  HeadTracker& head = forwarder.head();
  bool synced = false;
  return kube.Watch(kPods, ns, {.label_selector = RayPodSelector(cluster, "head")}, Deadline::Never(),
                    [&](const WatchEvent& event) {
                      if (event.type == WatchEventType::kBookmark) return true;
                      bool changed = event.type == WatchEventType::kSynced;
                      if (!changed)
                        changed =
                            head.Update(ReadRayPod(event.object), event.type == WatchEventType::kDeleted);
                      const bool first = event.type == WatchEventType::kSynced;
                      synced = synced || first;
                      const std::string name = head.name();
                      if (synced && changed && name.empty())
                        say("the cluster has no running head; waiting for one");
                      if (synced && changed && !first && !name.empty())
                        say("forwarding to the new head pod " + name);
                      return true;
                    });
}

}  // namespace kubectl_ray
