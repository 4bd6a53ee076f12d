#include "kubectl-ray/logs/job_log.h"

#include <deque>

#include "kubectl-ray/kube/exec_stream.h"
#include "kubectl-ray/logs/log_directory.h"
#include "kubectl-ray/logs/log_lines.h"
#include "kubectl-ray/pods/ray_container.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Result;
using shared::Status;
using shared::StringAt;

// KubeRay's name for the container that submits in SidecarMode (utils/constant.go).
constexpr const char* kSidecar = "ray-job-submitter";

class JobLogReader {
 public:
  JobLogReader(const KubeClient& kube, const JobLogPlace& place, std::optional<std::int64_t> last_lines,
               const std::function<bool(std::string_view)>& on_bytes)
      : kube_(kube), place_(place), last_lines_(last_lines), on_bytes_(on_bytes) {}

  // Returns whether any pod had the output.
  Result<bool> Read() {
    std::vector<Json> pods;
    if (!place_.cluster.empty()) {
      ASSIGN_OR_RETURN(
          pods, kube_.ListAll(kPods, place_.ns, {.label_selector = RayPodSelector(place_.cluster, "")}));
    }
    for (const Json& pod : pods) {
      ASSIGN_OR_RETURN(const bool read, ReadDriverFile(ReadRayPod(pod)));
      if (read) return true;
    }
    ASSIGN_OR_RETURN(const bool read, ReadSubmitter(pods));
    if (read) return true;
    for (const Json& pod : pods) {
      ASSIGN_OR_RETURN(const bool brought, ReadAgentLines(pod));
      if (brought) return true;
    }
    return false;
  }

 private:
  bool Deliver(std::string_view bytes) {
    delivered_ = true;
    return on_bytes_(bytes);
  }

  Result<bool> ReadDriverFile(const RayPod& pod) {
    if (!pod.running || place_.submission_id.empty()) return false;
    const std::string count = last_lines_ ? std::to_string(*last_lines_) : "+1";
    const ExecRequest request{.ns = pod.ns,
                              .pod = pod.name,
                              .container = pod.container,
                              .command = InLogDirectory("exec tail -n \"$1\" -- \"$logs/job-driver-$2.log\"",
                                                        {count, place_.submission_id})};
    bool reader_is_gone = false;
    const Result<int> code = RunExec(kube_, request, {.on_stdout = [&](std::string_view bytes) {
                                       reader_is_gone = !Deliver(bytes);
                                       return !reader_is_gone;
                                     }});
    if (reader_is_gone) return true;
    if (!code &&
        (delivered_ || code.error().code == ErrorCode::kInterrupted || code.error().code == ErrorCode::kAuth))
      return shared::Unexpected(code.error());
    return code && *code == 0;
  }

  // Delivers a container's whole log. Returns false if there is none.
  Result<bool> ReadContainer(const std::string& pod, const std::string& container) {
    bool reader_is_gone = false;
    shared::HttpRequest request;
    request.on_body = [&](std::string_view bytes) {
      reader_is_gone = !Deliver(bytes);
      return !reader_is_gone;
    };
    const std::string tail = last_lines_ ? "&tailLines=" + std::to_string(*last_lines_) : "";
    const auto response = kube_.Send(std::move(request), PodLogPath(place_.ns, pod, container) + tail);
    if (response || reader_is_gone) return true;
    if (response.error().code == ErrorCode::kNotFound || response.error().code == ErrorCode::kUsage)
      return false;
    return shared::Unexpected(response.error());
  }

  Result<bool> ReadSubmitter(const std::vector<Json>& pods) {
    if (place_.ray_job.empty()) return false;
    for (const Json& pod : pods) {
      const Json& containers = At(pod, {"spec", "containers"});
      if (!containers.is_array()) continue;
      for (const Json& container : containers) {
        if (StringAt(container, {"name"}) != kSidecar) continue;
        return ReadContainer(StringAt(pod, {"metadata", "name"}), kSidecar);
      }
    }
    // In K8sJobMode KubeRay makes a Job of the RayJob's name; we read its newest pod if it had several.
    ASSIGN_OR_RETURN(const std::vector<Json> submitters,
                     kube_.ListAll(kPods, place_.ns, {.label_selector = "job-name=" + place_.ray_job}));
    const Json* newest = nullptr;
    for (const Json& pod : submitters)
      if (newest == nullptr || StringAt(pod, {"metadata", "creationTimestamp"}) >
                                   StringAt(*newest, {"metadata", "creationTimestamp"}))
        newest = &pod;
    if (newest == nullptr) return false;
    return ReadContainer(StringAt(*newest, {"metadata", "name"}), StringAt(RayContainer(*newest), {"name"}));
  }

  // Returns the driver's line in a line of the agent, in either of the agent's formats; nothing for any other
  // line.
  std::optional<std::string> DriverLine(std::string_view line) const {
    const std::string head = "[job-driver " + place_.submission_id + "] ";
    if (line.starts_with(head)) return std::string(line.substr(head.size()));
    if (!line.starts_with('{')) return std::nullopt;
    const auto object = shared::ParseJson(line);
    if (!object || StringAt(*object, {"component"}) != "job-driver" ||
        StringAt(*object, {"job"}) != place_.submission_id)
      return std::nullopt;
    return StringAt(*object, {"message"});
  }

  Result<bool> ReadAgentLines(const Json& pod) {
    const RayPod ray_pod = ReadRayPod(pod);
    if (place_.submission_id.empty() || ray_pod.container.empty()) return false;
    std::deque<std::string> last;  // used only with last_lines_
    bool reader_is_gone = false;
    LineSplitter splitter;
    const auto on_line = [&](std::string_view line) {
      std::optional<std::string> text = DriverLine(line);
      if (!text || reader_is_gone) return;
      *text += '\n';
      if (!last_lines_) {
        reader_is_gone = !Deliver(*text);
        return;
      }
      last.push_back(*std::move(text));
      if (static_cast<std::int64_t>(last.size()) > *last_lines_) last.pop_front();
    };
    shared::HttpRequest request;
    request.on_body = [&](std::string_view piece) {
      splitter.Take(piece, on_line);
      return !reader_is_gone;
    };
    const auto response =
        kube_.Send(std::move(request), PodLogPath(place_.ns, ray_pod.name, ray_pod.container));
    splitter.Finish(on_line);
    for (const std::string& line : last)
      if (!reader_is_gone) reader_is_gone = !Deliver(line);
    if (!response && response.error().code == ErrorCode::kInterrupted)
      return shared::Unexpected(response.error());
    return delivered_;
  }

  const KubeClient& kube_;
  const JobLogPlace& place_;
  const std::optional<std::int64_t> last_lines_;
  const std::function<bool(std::string_view)>& on_bytes_;
  bool delivered_ = false;
};

}  // namespace

Status ReadJobLog(const KubeClient& kube, const JobLogPlace& place, std::optional<std::int64_t> last_lines,
                  const std::function<bool(std::string_view)>& on_bytes) {
  ASSIGN_OR_RETURN(const bool read, JobLogReader(kube, place, last_lines, on_bytes).Read());
  if (read) return shared::Ok();
  return shared::Fail(ErrorCode::kNotFound,
                      "cannot find the output of job \"" +
                          (place.submission_id.empty() ? "rayjob/" + place.ray_job : place.submission_id) +
                          "\": none of its pods is there any more");
}

}  // namespace kubectl_ray
