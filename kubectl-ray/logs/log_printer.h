// Prints lines of many pods to one output.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/logs/log_options.h"

namespace kubectl_ray {

// Thread-safe; lines are never mixed. On a terminal, text is printed as TerminalLine() returns it.
class LogPrinter {
 public:
  LogPrinter(Streams& io, const LogOptions& options, bool prefix)
      : io_(io), options_(options), prefix_(prefix) {}

  // Prints a line of the log, if it is of the component and matches. Returns false once the output takes no
  // more.
  bool Print(const RayPod& pod, std::string_view timestamp, std::string_view text);
  // Prints something about a pod on stderr.
  void Say(const std::string& message);
  void Flush();

 private:
  std::string Prefix(const RayPod& pod) const;

  Streams& io_;
  const LogOptions& options_;
  const bool prefix_;
  std::mutex mutex_;
};

}  // namespace kubectl_ray
