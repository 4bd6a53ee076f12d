#include "kubectl-ray/logs/pod_log.h"

namespace kubectl_ray {

void PodLog::TakeLine(const RayPod& pod, std::string_view line) {
  std::string_view text;
  if (!position_.Take(line, &text)) return;
  progressed_ = true;
  const std::string_view timestamp = line.substr(0, line.size() - text.size());
  if (!printer_->Print(pod, timestamp.substr(0, timestamp.find(' ')), text)) output_gone_ = true;
}

shared::Status PodLog::Read(const RayPod& pod, bool previous) {
  LineSplitter splitter;
  position_.StartStream();
  progressed_ = false;
  auto on_line = [&](std::string_view line) { TakeLine(pod, line); };
  shared::HttpRequest request;
  request.on_body = [&](std::string_view piece) {
    splitter.Take(piece, on_line);
    return !output_gone_;
  };
  const auto response =
      kube_.Send(std::move(request), LogPath(pod, options_, position_.since_time(), previous));
  // A line that was cut off with its stream comes again, whole, in the next stream.
  if (response || !options_.follow) splitter.Finish(on_line);
  if (!response) return shared::Unexpected(response.error());
  return shared::Ok();
}

}  // namespace kubectl_ray
