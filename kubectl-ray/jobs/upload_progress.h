// The progress of an upload, on a terminal: one line that is overwritten.
#pragma once

#include <chrono>
#include <string>

#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/packages/package.h"

namespace kubectl_ray {

class UploadLine {
 public:
  UploadLine(Streams& io, std::string source) : io_(io), source_(std::move(source)) {}
  ~UploadLine();
  UploadLine(const UploadLine&) = delete;
  UploadLine& operator=(const UploadLine&) = delete;

  // Shows the bytes done, the rate and the time left: at most ten times a second, and only if stderr is a
  // terminal.
  void Show(const UploadProgress& progress);

 private:
  using Clock = std::chrono::steady_clock;

  Streams& io_;
  const std::string source_;
  const Clock::time_point began_ = Clock::now();
  Clock::time_point shown_at_ = {};
  bool shown_ = false;
};

}  // namespace kubectl_ray
