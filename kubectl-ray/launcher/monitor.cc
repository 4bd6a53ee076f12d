#include "kubectl-ray/launcher/monitor.h"

#include <signal.h>

#include <algorithm>
#include <map>
#include <vector>

#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kube/exec_stream.h"
#include "kubectl-ray/kube/pause.h"
#include "kubectl-ray/launcher/cluster_events.h"
#include "kubectl-ray/launcher/line_stream.h"
#include "kubectl-ray/logs/pod_log.h"
#include "kubectl-ray/logs/terminal_line.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "shared/text.h"
#include "shared/thread_group.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Deadline;
using shared::ErrorCode;
using shared::Json;
using shared::Status;
using shared::StringAt;

constexpr const char* kAutoscaler = "autoscaler";
constexpr std::chrono::milliseconds kAfterEnd(500);
// Before KubeRay, and without it, the head's own process writes these.
constexpr const char* kTailMonitor =
    "cd /tmp/ray/session_latest/logs && exec tail -q -n \"$0\" -F monitor.log monitor.out monitor.err";

bool HasAutoscaler(const Json& pod) {
  const Json& containers = At(pod, {"spec", "containers"});
  return containers.is_array() &&
         std::any_of(containers.begin(), containers.end(),
                     [](const Json& container) { return StringAt(container, {"name"}) == kAutoscaler; });
}

// The instance of a container that runs, or has run: its pod's uid and its number; empty: none yet.
std::string InstanceOf(const Json& pod, const std::string& container) {
  const Json& statuses = At(pod, {"status", "containerStatuses"});
  if (!statuses.is_array()) return "";
  for (const Json& status : statuses)
    if (StringAt(status, {"name"}) == container && At(status, {"state", "waiting"}).is_null())
      return StringAt(pod, {"metadata", "uid"}) + "/" +
             std::to_string(shared::IntAt(status, {"restartCount"}));
  return "";
}

// Follows what Ray's autoscaler says, head after head.
class AutoscalerLog {
 public:
  AutoscalerLog(const KubeClient& kube, const MonitorOptions& options, LineSink* sink, bool terminal)
      : kube_(kube), options_(options), out_(sink, "[autoscaler] "), terminal_(terminal) {
    log_options_.cluster = options.cluster;
    log_options_.ns = options.ns;
    log_options_.follow = true;
    log_options_.tail = options.lines;
  }

  // Returns once the client's Interrupt is raised.
  void Run() {
    while (const auto pod = WaitForInstance()) {
      if (HasAutoscaler(*pod)) {
        ReadContainer(*pod);
      } else {
        ReadFiles(*pod);
      }
      if (Pause(kube_.access().http.interrupt, kAfterEnd)) return;
    }
  }

 private:
  // Returns the head's pod once the container that is to be read has an instance that was not read yet.
  std::optional<Json> WaitForInstance() {
    std::optional<Json> found;
    const Status watched =
        kube_.Watch(kPods, options_.ns, {.label_selector = RayPodSelector(options_.cluster, "head")},
                    Deadline::Never(), [&](const WatchEvent& event) {
                      if (event.type != WatchEventType::kAdded && event.type != WatchEventType::kModified)
                        return true;
                      const std::string container =
                          HasAutoscaler(event.object) ? kAutoscaler : ReadRayPod(event.object).container;
                      const std::string instance = InstanceOf(event.object, container);
                      if (instance.empty() || instance == read_ || !ReadRayPod(event.object).started)
                        return true;
                      read_ = instance;
                      found = event.object;
                      return false;
                    });
    return watched ? found : std::nullopt;
  }

  void ReadContainer(const Json& object) {
    RayPod pod = ReadRayPod(object);
    pod.container = kAutoscaler;
    std::istream nothing(nullptr);
    Streams io{.in = nothing, .out = out_, .err = out_, .out_is_terminal = terminal_};
    LogPrinter printer(io, log_options_, false);
    PodLog log(kube_, log_options_, &printer);
    const Status outcome = log.Read(pod, false);
    if (!outcome && outcome.error().code != ErrorCode::kInterrupted)
      out_ << shared::EscapeControl(outcome.error().message) << std::endl;
    log_options_.tail.reset();  // of the next instance everything is new
  }

  void ReadFiles(const Json& object) {
    const RayPod pod = ReadRayPod(object);
    out_ << "no autoscaler runs beside the head; these are the head's own monitor files" << std::endl;
    ExecIo io;
    io.on_stdout = [&](std::string_view piece) { return Write(piece); };
    io.on_stderr = io.on_stdout;
    const auto ended = RunExec(
        kube_,
        {options_.ns, pod.name, pod.container, {"sh", "-c", kTailMonitor, std::to_string(options_.lines)}},
        io);
    if (!ended && ended.error().code != ErrorCode::kInterrupted)
      out_ << shared::EscapeControl(ended.error().message) << std::endl;
  }

  bool Write(std::string_view piece) {
    out_ << (terminal_ ? shared::EscapeControl(piece) : std::string(piece));
    return out_.good();
  }

  const KubeClient& kube_;
  const MonitorOptions& options_;
  LineStream out_;
  const bool terminal_;
  LogOptions log_options_;
  std::string read_;  // the instance that was read last
};

// Prints the events about the cluster: the last ones, then each that comes.
class EventLines {
 public:
  EventLines(const KubeClient& kube, const MonitorOptions& options, std::vector<std::string> groups,
             LineSink* sink)
      : kube_(kube), options_(options), groups_(std::move(groups)), out_(sink) {}

  // Returns false once the output takes no more.
  bool Take(const WatchEvent& event) {
    if (event.type == WatchEventType::kSynced) return PrintFirst();
    if (event.type != WatchEventType::kAdded && event.type != WatchEventType::kModified) return true;
    const ClusterEvent read = ReadClusterEvent(event.object);
    if (!IsAboutScaling(read) || !IsOurs(read)) return true;
    if (synced_) return Print(read);
    first_.push_back(read);
    return true;
  }

 private:
  bool PrintFirst() {
    synced_ = true;
    std::stable_sort(first_.begin(), first_.end(), [](const ClusterEvent& one, const ClusterEvent& other) {
      return one.time < other.time;
    });
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(0, options_.lines));
    const std::size_t begin = first_.size() > count ? first_.size() - count : 0;
    for (std::size_t i = begin; i < first_.size(); ++i)
      if (!Print(first_[i])) return false;
    first_.clear();
    return true;
  }

  bool Print(const ClusterEvent& event) {
    out_ << shared::EscapeControl("[" + event.source + "] " + event.time + " " + event.text) << std::endl;
    return out_.good();
  }

  // By its name, or by the label of a pod that is there; each pod is asked for once.
  bool IsOurs(const ClusterEvent& event) {
    if (IsNamedAsOf(options_.cluster, groups_, event.kind, event.name)) return true;
    if (event.kind != "Pod") return false;
    if (const auto known = pods_.find(event.name); known != pods_.end()) return known->second;
    const auto pod = kube_.Get(kPods, options_.ns, event.name);
    const bool ours = pod && StringAt(*pod, {"metadata", "labels", kClusterLabel}) == options_.cluster;
    return pods_[event.name] = ours;
  }

  const KubeClient& kube_;
  const MonitorOptions& options_;
  const std::vector<std::string> groups_;
  LineStream out_;
  bool synced_ = false;
  std::vector<ClusterEvent> first_;
  std::map<std::string, bool> pods_;  // whether the pod of this name is the cluster's
};

}  // namespace

Status Monitor(const KubeClient& kube, const MonitorOptions& options, shared::Interrupt* interrupt,
               Streams& io) {
  ASSIGN_OR_RETURN(const Cluster cluster, FindCluster(kube, options.ns, options.cluster));
  std::vector<std::string> groups;
  for (const Json& group : At(cluster.ray_cluster, {"spec", "workerGroupSpecs"}))
    groups.push_back(StringAt(group, {"groupName"}));
  LineSink sink{io.out, {}};
  shared::Interrupt end;
  const KubeClient streams = kube.Until(&end);
  AutoscalerLog log(streams, options, &sink, io.out_is_terminal);
  EventLines events(kube, options, std::move(groups), &sink);
  shared::ThreadGroup threads;
  TRY(threads.Start([&] { log.Run(); }));
  const Status outcome = kube.Watch(kEvents, options.ns, {}, Deadline::Never(),
                                    [&](const WatchEvent& event) { return events.Take(event); });
  // Without the right to events there is still the log.
  if (!outcome && outcome.error().code == ErrorCode::kAuth) {
    LineStream(&sink, "[events] ") << shared::EscapeControl(outcome.error().message) << std::endl;
    while (!interrupt->WaitFor(std::chrono::hours(1))) continue;
  }
  end.Raise(SIGTERM);
  threads.JoinAll();
  // An event may come in the same moment: what ends this command is Ctrl-C all the same.
  if (interrupt->raised()) return shared::Fail(ErrorCode::kInterrupted, "interrupted");
  return outcome;
}

}  // namespace kubectl_ray
