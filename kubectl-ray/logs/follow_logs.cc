#include "kubectl-ray/logs/follow_logs.h"

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "kubectl-ray/logs/pod_log.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Status;

constexpr std::chrono::milliseconds kFirstDelay(200);
constexpr std::chrono::milliseconds kLongestDelay(10'000);

// One pod's thread. The watch passes it what it knows of the pod.
class PodFollower {
 public:
  // `joined`: the pod came while others were already being followed.
  PodFollower(const KubeClient& kube, const LogOptions& options, LogPrinter* printer,
              shared::Interrupt* interrupt, const RayPod& pod, bool joined)
      : log_(kube, options, printer),
        printer_(printer),
        interrupt_(interrupt),
        joined_(joined),
        pod_(pod),
        thread_([this] { Run(); }) {}

  ~PodFollower() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  bool ended() const { return ended_; }

  void Update(const RayPod& pod) {
    std::lock_guard lock(mutex_);
    pod_ = pod;
    changed_.notify_all();
  }

  // The pod object is gone; the rest of its log is read to the end.
  void Gone() {
    std::lock_guard lock(mutex_);
    gone_ = true;
    changed_.notify_all();
  }

 private:
  bool IsOver(const RayPod& pod) const { return pod.phase == "Succeeded" || pod.phase == "Failed"; }

  // Waits until the container has an instance that was not read yet. Returns false if none will come.
  bool WaitForInstance(RayPod* pod, int read_restarts) {
    std::unique_lock lock(mutex_);
    while (true) {
      *pod = pod_;
      if (stopping_) return false;
      if (pod_.started && pod_.restarts > read_restarts) return true;
      if (gone_ || (pod_.started && IsOver(pod_))) return false;
      changed_.wait(lock);
    }
  }

  void Pause(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [&] { return stopping_; });
  }

  bool MayHaveMore(const RayPod& read) {
    std::lock_guard lock(mutex_);
    return !stopping_ && !gone_ && pod_.running && pod_.restarts == read.restarts;
  }

  void Run() {
    RayPod pod;
    int read_restarts = -1;
    while (WaitForInstance(&pod, read_restarts)) {
      if (joined_ || read_restarts >= 0)
        printer_->Say("+ " + pod.name + (read_restarts >= 0 ? ": its container was restarted" : ""));
      // The instance that was being read ended and was replaced while there was no stream: its last lines
      // come first.
      if (read_restarts >= 0 && pod.restarts == read_restarts + 1) (void)!log_.Read(pod, true);
      read_restarts = pod.restarts;
      ReadInstance(pod);
    }
    if (!IsStopping()) printer_->Say("- " + pod.name);
    ended_ = true;
  }

  // Streams one instance of the container until it has ended, again after every break.
  void ReadInstance(const RayPod& pod) {
    std::chrono::milliseconds delay = kFirstDelay;
    while (true) {
      const Status outcome = log_.Read(pod, false);
      if (log_.output_gone()) {
        interrupt_->Raise(SIGPIPE);  // wakes the watch, which may bring nothing for a long time
        return;
      }
      if (!outcome &&
          (outcome.error().code == ErrorCode::kNotFound || outcome.error().code == ErrorCode::kInterrupted))
        return;
      if (log_.progressed()) delay = kFirstDelay;
      // A stream that ends without an error ended with its container, unless a server in between was stopped.
      // The watch shows which, a little later than the stream.
      Pause(delay);
      delay = std::min(delay * 2, kLongestDelay);
      if (outcome && !MayHaveMore(pod)) return;
      if (!outcome && IsStopping()) return;
    }
  }

  bool IsStopping() {
    std::lock_guard lock(mutex_);
    return stopping_;
  }

  PodLog log_;
  LogPrinter* const printer_;
  shared::Interrupt* const interrupt_;
  const bool joined_;
  std::atomic<bool> ended_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  RayPod pod_;
  bool gone_ = false;
  bool stopping_ = false;
  std::thread thread_;  // the last member, because it uses all of the above
};

}  // namespace

Status FollowLogs(const KubeClient& kube, const LogOptions& options, shared::Interrupt* interrupt,
                  LogPrinter* printer) {
  // The streams have an Interrupt of their own, so that they stop whatever ends the watch.
  shared::Interrupt stop;
  ClusterAccess access = kube.access();
  access.http.interrupt = &stop;
  const KubeClient streams(std::move(access), std::chrono::milliseconds(0));
  std::map<std::string, std::unique_ptr<PodFollower>> followers;  // by uid
  std::vector<std::unique_ptr<PodFollower>> ending;
  bool synced = false;
  auto on_event = [&](const WatchEvent& event) {
    std::erase_if(ending, [](const auto& follower) { return follower->ended(); });
    if (event.type == WatchEventType::kSynced) {
      synced = true;
      if (followers.empty())
        printer->Say("waiting for pods of cluster \"" + options.cluster + "\" (Ctrl-C ends)");
    }
    if (event.type == WatchEventType::kSynced || event.type == WatchEventType::kBookmark) return true;
    const RayPod pod = ReadRayPod(event.object);
    auto& follower = followers[pod.uid];
    if (event.type == WatchEventType::kDeleted) {
      if (follower != nullptr) follower->Gone();
      if (follower != nullptr) ending.push_back(std::move(follower));
      followers.erase(pod.uid);
    } else if (follower != nullptr) {
      follower->Update(pod);
    } else {
      follower = std::make_unique<PodFollower>(streams, options, printer, interrupt, pod, synced);
    }
    return true;
  };
  const Status outcome =
      kube.Watch(kPods, options.ns, {.label_selector = RayPodSelector(options.cluster, options.node_type)},
                 shared::Deadline::Never(), on_event);
  stop.Raise(SIGTERM);
  followers.clear();
  ending.clear();
  return interrupt->signal() == SIGPIPE ? shared::Ok() : outcome;
}

}  // namespace kubectl_ray
