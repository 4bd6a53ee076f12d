#include "kubectl-ray/ray/entrypoint.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

bool IsPlain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("_@%+=:,./-").find(c) != std::string_view::npos;
}

// These have a meaning for the shell as the first word of a command.
bool MeansSomethingFirst(std::string_view word) {
  static constexpr std::array<std::string_view, 18> kReserved = {
      "if",    "then",  "else", "elif", "fi",       "do",     "done", "case",   "esac",
      "while", "until", "for",  "in",   "function", "select", "time", "coproc", "namespace"};
  return word.find('=') != std::string_view::npos ||
         std::find(kReserved.begin(), kReserved.end(), word) != kReserved.end();
}

// Returns the length of the well-formed UTF-8 character at the front, or 0.
std::size_t CharacterLength(std::string_view text) {
  for (std::size_t n = 1; n <= std::min<std::size_t>(4, text.size()); ++n)
    if (shared::IsUtf8(text.substr(0, n))) return n;
  return 0;
}

void AppendQuotedText(std::string* out, std::string_view text) {
  *out += '\'';
  for (char c : text) {
    if (c == '\'') {
      *out += "'\\''";
    } else {
      *out += c;
    }
  }
  *out += '\'';
}

// None of these bytes is a newline, so command substitution drops none.
void AppendRawBytes(std::string* out, std::string_view bytes) {
  *out += "\"$(printf '";
  for (unsigned char c : bytes)
    *out += {'\\', static_cast<char>('0' + (c >> 6)), static_cast<char>('0' + (c >> 3 & 7)),
             static_cast<char>('0' + (c & 7))};
  *out += "')\"";
}

void AppendWord(std::string* out, std::string_view word, bool first) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), IsPlain) &&
      !(first && MeansSomethingFirst(word))) {
    *out += word;
    return;
  }
  if (word.empty()) *out += "''";
  while (!word.empty()) {
    std::size_t text = 0;
    while (text < word.size()) {
      const std::size_t n = CharacterLength(word.substr(text));
      if (n == 0) break;
      text += n;
    }
    if (text > 0) AppendQuotedText(out, word.substr(0, text));
    word.remove_prefix(text);
    std::size_t raw = 0;
    while (raw < word.size() && CharacterLength(word.substr(raw)) == 0) ++raw;
    if (raw > 0) AppendRawBytes(out, word.substr(0, raw));
    word.remove_prefix(raw);
  }
}

}  // namespace

std::string QuoteForShell(const std::vector<std::string>& argv) {
  std::string command;
  for (std::size_t i = 0; i < argv.size(); ++i) {
    if (i > 0) command += ' ';
    AppendWord(&command, argv[i], i == 0);
  }
  return command;
}

std::string EntrypointInOneLine(std::string entrypoint, std::size_t width) {
  std::replace(entrypoint.begin(), entrypoint.end(), '\n', ' ');
  if (entrypoint.size() <= width) return entrypoint;
  while (width > 0 && (static_cast<unsigned char>(entrypoint[width]) & 0xc0) == 0x80) --width;
  return entrypoint.substr(0, width) + "...";
}

}  // namespace kubectl_ray
