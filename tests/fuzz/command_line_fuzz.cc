// KUBERAY_GEN_RAY_START_CMD, and the quoting that is its inverse.
#include <cstdlib>

#include "shared/ray_start_params.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const shared::Variables variables = [](const std::string& name) -> std::optional<std::string> {
    if (name.size() % 2 == 0) return std::nullopt;
    return "$value of " + name;
  };
  (void)shared::ParseRayStartCommand(text, variables);
  (void)shared::SplitShellWords(text, nullptr);
  if (text.find('\0') == std::string_view::npos) {
    const auto words = shared::SplitShellWords(shared::QuoteShellWord(text), variables);
    if (!words || words->size() != 1 || words->front() != text) std::abort();
  }
  return 0;
}
