#include "kubectl-ray/logs/log_lines.h"
#include "kubectl-ray/logs/terminal_line.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  kubectl_ray::LineSplitter splitter;
  kubectl_ray::LogPosition position;
  auto on_line = [&](std::string_view line) {
    std::string_view text;
    position.Take(line, &text);
    if (text.size() > line.size()) __builtin_trap();
    // Without colours no escape sequence is left, and nothing else that a terminal would obey but a return.
    for (const char c : kubectl_ray::TerminalLine(text, "", false))
      if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') __builtin_trap();
    (void)kubectl_ray::TerminalLine(text, "[pod] ", true);
  };
  splitter.Take({reinterpret_cast<const char*>(data), size}, on_line);
  splitter.Finish(on_line);
  position.StartStream();
  if (!position.since_time().empty() && position.since_time().size() < 20) __builtin_trap();
  return 0;
}
