// Reads one pod's log from Kubernetes' log endpoint.
#pragma once

#include "kubectl-ray/logs/log_lines.h"
#include "kubectl-ray/logs/log_options.h"
#include "kubectl-ray/logs/log_printer.h"

namespace kubectl_ray {

// Reads one container's log in as many streams as it takes, and prints each line once.
class PodLog {
 public:
  PodLog(const KubeClient& kube, const LogOptions& options, LogPrinter* printer)
      : kube_(kube), options_(options), printer_(printer) {}

  // Reads one stream, from where the last one ended, and blocks until it ends; with `follow` that is the
  // container's end. kInternal "stopped" if the output takes no more.
  shared::Status Read(const RayPod& pod, bool previous);

  // Returns whether the last stream had a line.
  bool progressed() const { return progressed_; }
  bool output_gone() const { return output_gone_; }

 private:
  void TakeLine(const RayPod& pod, std::string_view line);

  const KubeClient& kube_;
  const LogOptions& options_;
  LogPrinter* const printer_;
  LogPosition position_;
  bool progressed_ = false;
  bool output_gone_ = false;
};

}  // namespace kubectl_ray
