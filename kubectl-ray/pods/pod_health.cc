#include "kubectl-ray/pods/pod_health.h"

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

#include "kubectl-ray/kinds/condition.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/pods/ray_container.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::BoolAt;
using shared::IntAt;
using shared::Json;
using shared::StringAt;

// Returns the last non-empty line, which is the conclusion of an agent or of a traceback.
std::string LastLine(const std::string& message) {
  std::size_t end = message.find_last_not_of(" \t\r\n");
  if (end == message.npos) return "";
  std::size_t begin = message.find_last_of('\n', end);
  begin = begin == message.npos ? 0 : begin + 1;
  constexpr std::size_t kLongest = 400;
  return message.substr(begin, std::min(end + 1 - begin, kLongest));
}

// Whether a step before Ray failed, in ray-init-agent's own words (ray-init-agent/setup.cc). It would fail
// again.
bool IsFailedSetup(const Json& terminated) {
  return StringAt(terminated, {"message"}).starts_with("setup step \"");
}

std::string DescribeTermination(const Json& terminated) {
  const std::int64_t code = IntAt(terminated, {"exitCode"});
  const std::string reason = StringAt(terminated, {"reason"});
  const std::string message = StringAt(terminated, {"message"});
  const std::string last = LastLine(message);
  if (IsFailedSetup(terminated)) {
    const std::string first(shared::FirstLine(message));
    return first == last ? first
                         : first + ": " + last.substr(std::min(last.find_first_not_of(' '), last.size()));
  }
  std::string text = reason == "OOMKilled"      ? "out of memory (exit code " + std::to_string(code) + ")"
                     : code > 128 && code < 160 ? "signal " + std::to_string(code - 128) + " (exit code " +
                                                      std::to_string(code) + ")"
                                                : "exit code " + std::to_string(code);
  if (!last.empty()) text += ": " + last;
  return text;
}

// Returns the health of a container that has ended; `text` says how.
PodHealth Ended(PodState state, const std::string& text, const Json& terminated) {
  const bool setup = IsFailedSetup(terminated);
  return {
      .state = state,
      .reason = text + DescribeTermination(terminated),
      .hopeless = setup,
      .way_out =
          StringAt(terminated, {"reason"}) == "OOMKilled"
              ? "Give it more memory, or let fewer tasks run in it at once."
          : setup
              ? "Repair the command, and run `kubectl ray up` again; `kubectl ray logs --component setup` "
                "prints all that it said."
              : "",
      .has_log = true};
}

PodHealth Waiting(const std::string& container, const Json& status) {
  const std::string reason = StringAt(status, {"state", "waiting", "reason"});
  const std::string message = StringAt(status, {"state", "waiting", "message"});
  const Json& last = At(status, {"lastState", "terminated"});
  const std::string image = StringAt(status, {"image"});
  if (reason == "CrashLoopBackOff")
    return Ended(PodState::kFailing,
                 "container " + container + " ended " + std::to_string(IntAt(status, {"restartCount"})) +
                     " times, last with ",
                 last);
  if (reason == "ImagePullBackOff" || reason == "ErrImagePull") {
    PodHealth health{.state = PodState::kPending,
                     .reason = "image \"" + image + "\" cannot be pulled: " + message,
                     .way_out = "Check the image's name, and that the nodes may pull it."};
    // containerd's words for a name that no registry can have (github.com/distribution/reference).
    health.hopeless = message.find("invalid reference format") != message.npos;
    return health;
  }
  if (reason == "InvalidImageName" || reason == "ErrImageNeverPull")
    return {PodState::kFailing,
            "image \"" + image + "\" cannot be used: " + (message.empty() ? reason : message), true};
  static const std::set<std::string> kConfiguration = {"CreateContainerConfigError", "CreateContainerError",
                                                       "RunContainerError", "StartError"};
  if (kConfiguration.contains(reason)) {
    PodHealth health{PodState::kFailing,
                     "container " + container + " cannot start: " + (message.empty() ? reason : message)};
    // The kubelet's words (kuberuntime/security_context.go); the image will not change by itself.
    health.hopeless = message.find("has runAsNonRoot and image ") != message.npos;
    if (health.hopeless)
      health.way_out =
          "Its image runs as root, or names its user by a name: give a number by --pod-template "
          "(securityContext.runAsUser), or let root in by --pod-security baseline.";
    return health;
  }
  if (last.is_object())
    return Ended(PodState::kFailing, "container " + container + " starts again after ", last);
  if (reason == "PodInitializing") return {PodState::kStarting, "init containers run"};
  return {PodState::kStarting, "container " + container + " is being created"};
}

std::optional<PodHealth> ContainerHealth(const Json& status, bool init) {
  const std::string name = StringAt(status, {"name"});
  const Json& state = At(status, {"state"});
  if (const Json& ended = At(state, {"terminated"}); ended.is_object()) {
    if (IntAt(ended, {"exitCode"}) == 0) return std::nullopt;
    return Ended(PodState::kFailing, "container " + name + " ended with ", ended);
  }
  if (At(state, {"waiting"}).is_object()) {
    // A container that an init container holds back has nothing to report yet.
    if (StringAt(state, {"waiting", "reason"}) == "PodInitializing") return std::nullopt;
    return Waiting(name, status);
  }
  if (init && At(state, {"running"}).is_object())
    return PodHealth{PodState::kStarting,
                     name == "wait-gcs-ready" ? "waits for the head" : "init container " + name + " runs"};
  return std::nullopt;
}

std::optional<PodHealth> Worse(std::optional<PodHealth> first, std::optional<PodHealth> other) {
  if (other && (!first || (first->state != PodState::kFailing && other->state == PodState::kFailing)))
    return other;
  return first;
}

// A native sidecar (an init container with restartPolicy Always) is no step of the initialisation once it has
// started.
bool IsStartedSidecar(const Json& pod, const Json& status) {
  const Json& init = At(pod, {"spec", "initContainers"});
  if (!init.is_array() || !BoolAt(status, {"started"})) return false;
  return std::any_of(init.begin(), init.end(), [&](const Json& container) {
    return StringAt(container, {"name"}) == StringAt(status, {"name"}) &&
           StringAt(container, {"restartPolicy"}) == "Always";
  });
}

std::optional<PodHealth> InitTrouble(const Json& pod) {
  std::optional<PodHealth> trouble;
  const Json& statuses = At(pod, {"status", "initContainerStatuses"});
  if (!statuses.is_array()) return trouble;
  for (const Json& status : statuses)
    if (!IsStartedSidecar(pod, status)) trouble = Worse(std::move(trouble), ContainerHealth(status, true));
  return trouble;
}

// Returns what is not well with the other containers, native sidecars included.
std::optional<PodHealth> TroubleBeside(const Json& pod, const Json& ray) {
  std::optional<PodHealth> trouble;
  for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
    const Json& statuses = At(pod, {"status", list});
    if (!statuses.is_array()) continue;
    for (const Json& status : statuses)
      if (ray.is_null() || StringAt(status, {"name"}) != StringAt(ray, {"name"}))
        trouble = Worse(std::move(trouble), ContainerHealth(status, false));
  }
  return trouble;
}

bool Runs(const Json& ray) { return At(ray, {"state", "running"}).is_object(); }

// Its init containers are done: what their statuses say now is about sidecars, or over.
bool HasBegun(const Json& ray) {
  return Runs(ray) || At(ray, {"state", "terminated"}).is_object() ||
         StringAt(ray, {"state", "waiting", "reason"}, "PodInitializing") != "PodInitializing";
}

bool IsWorker(const Json& pod) { return StringAt(pod, {"metadata", "labels", kNodeTypeLabel}) == "worker"; }

// Ray's container has ended. If the pod is not over, it will start again, or a sidecar still runs.
std::optional<PodHealth> RayTrouble(const Json& ray) {
  const Json& ended = At(ray, {"state", "terminated"});
  if (ended.is_object())
    return Ended(PodState::kFailing, "container " + StringAt(ray, {"name"}) + " ended with ", ended);
  return ContainerHealth(ray, false);
}

// Without a startup probe a container has started once it runs (pkg/kubelet/prober/prober_manager.go), and a
// worker of KubeRay's runs its user's command and looks for the head before it runs Ray.
std::string WhatItDoes(const Json& pod, const Json& ray) {
  const bool worker = IsWorker(pod);
  if (!BoolAt(ray, {"started"})) return worker ? "waits for the head or is starting Ray" : "is starting Ray";
  const bool probed = At(RayContainer(pod), {"startupProbe"}).is_object();
  return worker && !probed ? "runs, and Ray in it is not ready" : "runs Ray but is not ready";
}

// Returns the health of a container that runs and is not ready yet.
PodHealth NotReady(const Json& pod, const Json& ray) {
  const Json& last = At(ray, {"lastState", "terminated"});
  std::string again;
  if (last.is_object())
    again = ", restarted " + std::to_string(IntAt(ray, {"restartCount"})) + " times, last after " +
            DescribeTermination(last);
  return {.state = PodState::kStarting, .reason = WhatItDoes(pod, ray) + again, .has_log = true};
}

// Returns the text without what the scheduler adds about its attempts to make room, which does not help a
// user.
std::string WithoutPreemption(std::string message) {
  for (const char* begin : {" no new claims to deallocate", " preemption: "})
    message.resize(std::min(message.find(begin), message.size()));
  while (message.ends_with('.') || message.ends_with(' ') || message.ends_with(',')) message.pop_back();
  return message;
}

// What the scheduler says about the nodes, and the way out; if several match, the first one here is used.
// "{}" in the way out is the word after the reason. Source: the reasons of kube-scheduler's plugins
// (pkg/scheduler/framework/plugins).
struct SchedulerReason {
  std::string_view reason, way_out;
};
constexpr SchedulerReason kSchedulerReasons[] = {
    {"no nodes available to schedule pods", "The Kubernetes cluster has no nodes: add one."},
    {"didn't match Pod's node affinity/selector",
     "No node has the labels asked for: `kubectl get nodes --show-labels` shows those there are."},
    {"had untolerated taint", "Tolerate the taint, or take it from a node."},
    {"Insufficient ", "No node has so much {} free: ask for less, delete what uses it, or add a node."},
    {"Too many pods", "The nodes have as many pods as they take: delete some, or add a node."},
    {"didn't have free ports", "Another pod has the host's port: ask for another one, or add a node."},
    {"were unschedulable", "`kubectl uncordon NODE` lets pods onto a node again."},
    {"unbound immediate PersistentVolumeClaims", "`kubectl get pvc` shows which claim waits for its volume."},
    {"didn't find available persistent volumes",
     "`kubectl get pvc` shows which claim has no volume, `kubectl get pv` the volumes."},
    {"persistentvolumeclaim ", "`kubectl describe pvc` shows claim {}; or leave out its volume."},
    {"had volume node affinity conflict", "The volume is on a node or in a zone where the pod has no place."},
    {"didn't match PersistentVolume's node affinity",
     "The volume is on a node or in a zone where the pod has no place."},
    {"pod affinity rules", "The pod asks to be beside pods that are not there: see its affinity."},
    {"anti-affinity rules", "The pods there keep the pod away: change the anti-affinity, or add a node."},
    {"pod topology spread constraints",
     "The pods cannot be spread as asked: relax the constraints, or add nodes."},
};

std::string WayToBeScheduled(std::string_view message) {
  for (const auto& [reason, way_out] : kSchedulerReasons) {
    const std::size_t at = message.find(reason);
    if (at == message.npos) continue;
    const std::size_t hole = way_out.find("{}");
    if (hole == way_out.npos) return std::string(way_out);
    std::string_view word = message.substr(at + reason.size());
    word = word.substr(0, word.find_first_of(", "));
    return std::string(way_out.substr(0, hole)).append(word).append(way_out.substr(hole + 2));
  }
  return "";
}

PodHealth NotScheduled(const Json& scheduled) {
  const std::string message = WithoutPreemption(StringAt(scheduled, {"message"}));
  const std::string reason = StringAt(scheduled, {"reason"});
  if (reason == "SchedulingGated") return {PodState::kPending, "is held back by a scheduling gate"};
  PodHealth health{PodState::kPending, "cannot be scheduled: " + (message.empty() ? reason : message)};
  health.way_out = WayToBeScheduled(message);
  return health;
}

}  // namespace

bool IsReady(const Json& pod) { return HealthOf(pod).state == PodState::kReady; }

std::string InOneLine(const std::string& message) {
  std::istringstream lines(message);
  std::string out, line;
  while (std::getline(lines, line))
    if (!line.empty()) out += (out.empty() ? "" : "; ") + line;
  return out;
}

PodHealth HealthOf(const Json& pod, bool of_ray_service) {
  if (At(pod, {"metadata", "deletionTimestamp"}).is_string()) return {PodState::kEnding, "is being deleted"};
  const std::string phase = StringAt(pod, {"status", "phase"});
  if (StringAt(ConditionOf(pod, "Ready"), {"status"}) == "True") return {PodState::kReady, ""};
  if (phase == "Succeeded") return {PodState::kSucceeded, "has ended"};
  const Json& ray = RayContainerStatus(pod);
  auto beside = TroubleBeside(pod, ray);
  if (Runs(ray) && BoolAt(ray, {"ready"}))
    return {.state = PodState::kReady, .reason = "", .remark = beside ? beside->reason : ""};
  const bool served = of_ray_service || At(pod, {"metadata", "labels", kServeLabel}).is_string();
  if (served && IsWorker(pod) && Runs(ray) && BoolAt(ray, {"started"}))
    return {.state = PodState::kReady, .reason = "", .remark = "runs Ray, with no Serve proxy on it"};
  if (!HasBegun(ray))
    if (auto trouble = InitTrouble(pod)) return *trouble;
  if (auto trouble = RayTrouble(ray)) return *trouble;
  if (beside && !Runs(ray)) return *beside;
  if (phase == "Failed") {
    const std::string message = StringAt(pod, {"status", "message"});
    const std::string reason = StringAt(pod, {"status", "reason"}, "it failed");
    return {PodState::kFailing, message.empty() ? reason : reason + ": " + message};
  }
  if (const Json& scheduled = ConditionOf(pod, "PodScheduled"); StringAt(scheduled, {"status"}) == "False")
    return NotScheduled(scheduled);
  if (phase == "Running") return NotReady(pod, ray);
  if (StringAt(pod, {"spec", "nodeName"}).empty()) return {PodState::kStarting, "waits for the scheduler"};
  return {PodState::kStarting, "is being set up on node " + StringAt(pod, {"spec", "nodeName"})};
}

}  // namespace kubectl_ray
