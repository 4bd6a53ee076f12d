#include "kubectl-ray/cli/print_error.h"

#include "shared/text.h"

namespace kubectl_ray {
namespace {

// A flag's value of a megabyte is shown by its ends.
std::string Bounded(const std::string& text) {
  constexpr std::size_t kLongest = 8000;
  if (text.size() <= kLongest) return text;
  return text.substr(0, kLongest / 2) + " ... " + text.substr(text.size() - kLongest / 2);
}

}  // namespace

void PrintError(Streams& io, const shared::Error& error) {
  const char* red = io.color && io.err_is_terminal ? "\033[31m" : "";
  const char* reset = *red != '\0' ? "\033[0m" : "";
  io.err << red << "error: " << reset << shared::EscapeControl(Bounded(error.message)) << '\n';
  if (!error.hint.empty()) io.err << shared::EscapeControl(Bounded(error.hint)) << '\n';
  io.err << std::flush;
}

}  // namespace kubectl_ray
