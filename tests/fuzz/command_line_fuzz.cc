// Command lines: KUBERAY_GEN_RAY_START_CMD with the quoting that is its inverse, and the plugin's own.
#include "kubectl-ray/cli/command_tree.h"

#include <algorithm>
#include <cstdlib>

#include "kubectl-ray/cli/complete.h"
#include "kubectl-ray/commands/commands.h"
#include "shared/ray_start_params.h"

namespace {

// The words of argv stand one a line. What is read is what CLI11 takes: it knows each flag, and finds no word
// too many (CLI11 says "not expected").
void ReadOwnCommandLine(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    words.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  kubectl_ray::CommandTree tree(kubectl_ray::Commands());
  (void)kubectl_ray::ReadCompletionRequest(tree.root(), words);
  const auto parsed = tree.Parse(words);
  if (!parsed && parsed.error().message.find("not expected: ") != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ReadOwnCommandLine(text);
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
