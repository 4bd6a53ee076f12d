#include "kubectl-ray/logs/log_lines.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  kubectl_ray::LineSplitter splitter;
  kubectl_ray::LogPosition position;
  auto on_line = [&](std::string_view line) {
    std::string_view text;
    position.Take(line, &text);
    if (text.size() > line.size()) __builtin_trap();
  };
  splitter.Take({reinterpret_cast<const char*>(data), size}, on_line);
  splitter.Finish(on_line);
  position.StartStream();
  if (!position.since_time().empty() && position.since_time().size() < 20) __builtin_trap();
  return 0;
}
