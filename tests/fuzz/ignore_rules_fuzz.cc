// An ignore file's lines, with the last one as the path that is held against them.
#include "kubectl-ray/packages/ignore_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = text.rfind('\n');
  if (line == std::string_view::npos) return 0;
  (void)kubectl_ray::IgnoreRules::Parse(text.substr(0, line)).Excludes(text.substr(line + 1));
  return 0;
}
