#include "kubectl-ray/logs/terminal_line.h"

#include <algorithm>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

constexpr std::size_t kLongestColor = 64;

// Returns the colour sequence (ESC [ numbers m) with which `text` begins, or nothing.
std::string_view ColorAt(std::string_view text) {
  if (!text.starts_with("\033[")) return {};
  const std::size_t end = text.find_first_not_of("0123456789;:", 2);
  if (end == text.npos || end >= kLongestColor || text[end] != 'm') return {};
  return text.substr(0, end + 1);
}

bool SwitchesOff(std::string_view color) { return color == "\033[m" || color == "\033[0m"; }

}  // namespace

std::string TerminalLine(std::string_view text, std::string_view prefix, bool color) {
  std::string line(prefix);
  bool colored = false;
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find_first_of("\033\r"), text.size());
    line += shared::EscapeControl(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const std::string_view sequence = ColorAt(text);
    if (text.front() == '\r') {
      line += '\r';
      if (text.size() > 1) line += prefix;
    } else if (sequence.empty()) {
      line += shared::EscapeControl(text.substr(0, 1));
    } else if (color) {
      line += sequence;
      colored = !SwitchesOff(sequence);
    }
    text.remove_prefix(std::max<std::size_t>(sequence.size(), 1));
  }
  return colored ? line + "\033[0m" : line;
}

}  // namespace kubectl_ray
