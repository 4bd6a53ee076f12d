#include "shared/html.h"

#include <algorithm>
#include <cctype>

namespace shared {
namespace {

constexpr std::size_t kLookedAt = 4096;

// Returns the position of `tag` (lower case), whatever its case in the text, or npos.
std::size_t Find(std::string_view text, std::string_view tag, std::size_t from = 0) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(std::min(from, text.size())),
                                 text.end(), tag.begin(), tag.end(), same);
  return found == text.end() ? text.npos : static_cast<std::size_t>(found - text.begin());
}

std::string FirstWords(std::string_view body) {
  constexpr std::size_t kLongest = 100;
  std::string words;
  bool in_tag = false;
  for (char c : body) {
    if (c == '<') in_tag = true;
    const bool space = in_tag || c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!space) words += c;
    if (space && !words.empty() && words.back() != ' ') words += ' ';
    if (c == '>') in_tag = false;
    if (words.size() >= kLongest) return words + "...";
  }
  while (words.ends_with(' ')) words.pop_back();
  return words;
}

}  // namespace

bool IsHtml(std::string_view body) {
  body = body.substr(0, kLookedAt);
  return Find(body, "<html") != body.npos || Find(body, "<!doctype html") != body.npos;
}

std::string PageWords(std::string_view body) {
  body = body.substr(0, kLookedAt);
  const std::size_t title = Find(body, "<title");
  const std::size_t begin = title == body.npos ? body.npos : body.find('>', title);
  const std::size_t end = begin == body.npos ? body.npos : Find(body, "</title", begin);
  if (end != body.npos)
    if (std::string words = FirstWords(body.substr(begin + 1, end - begin - 1)); !words.empty()) return words;
  return FirstWords(body);
}

}  // namespace shared
