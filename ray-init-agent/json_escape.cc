#include "ray-init-agent/json_escape.h"

#include <cstdio>

#include "ray-init-agent/lanes.h"

namespace ray_init_agent {
namespace {

// Returns the length of the UTF-8 sequence at the front, or 0 if there is none; the first byte is 0x80 or
// above.
std::size_t Utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f)) return 0;
  if ((first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f)) return 0;
  return length;
}

bool IsPlain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\' && c != 0x7f && !(c & 0x80);
}

// A loop over single bytes was two fifths of the tailer's CPU.
bool ArePlain(Lanes text) { return !AnyOf((text < 0x20) | (text == '"') | (text == '\\') | (text == 0x7f)); }

// Returns how many bytes at the front of `text` are plain.
std::size_t PlainLength(std::string_view text) {
  std::size_t at = 0;
  while (text.size() - at >= kLanes && ArePlain(LoadLanes(text.data() + at))) at += kLanes;
  const bool only_rest = at > 0 && text.size() - at < kLanes;
  if (only_rest && ArePlain(LoadLanes(text.data() + text.size() - kLanes))) return text.size();
  while (at < text.size() && IsPlain(text[at])) ++at;
  return at;
}

void AppendJsonControl(char c, std::string* out) {
  char escaped[8];
  switch (c) {
    case '"':
    case '\\':
      *out += '\\';
      *out += c;
      return;
    case '\n':
      *out += "\\n";
      return;
    case '\t':
      *out += "\\t";
      return;
    case '\r':
      *out += "\\r";
      return;
    default:
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
      *out += escaped;
  }
}

}  // namespace

void AppendJsonEscaped(std::string_view text, std::string* out) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (IsPlain(text[at])) {
      const std::size_t length = PlainLength(text.substr(at));
      out->append(text, at, length);
      at += length;
      continue;
    }
    if ((text[at] & 0x80) == 0) {
      AppendJsonControl(text[at++], out);
      continue;
    }
    const std::size_t length = Utf8Length(text.substr(at));
    if (length > 0) {
      out->append(text, at, length);
      at += length;
      continue;
    }
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\\\x%02x",
                  static_cast<unsigned>(static_cast<unsigned char>(text[at++])));
    *out += escaped;
  }
}

}  // namespace ray_init_agent
