#include "kubectl-ray/packages/ignore_rules.h"

#include <algorithm>

namespace kubectl_ray {
namespace {

// Returns code points. A byte that is not UTF-8 becomes a surrogate, as with Python's surrogateescape.
std::u32string Decode(std::string_view text) {
  std::u32string out;
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t more = lead < 0x80       ? 0
                             : lead >> 5 == 6  ? 1
                             : lead >> 4 == 14 ? 2
                             : lead >> 3 == 30 ? 3
                                               : 4;
    char32_t c = more == 0 ? lead : lead & (0x3fu >> more);
    bool valid = more < 4 && i + more < text.size();
    for (std::size_t k = 1; valid && k <= more; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      valid = next >> 6 == 2;
      c = c << 6 | (next & 0x3f);
    }
    out += valid ? c : 0xdc00 + lead;
    i += valid ? more + 1 : 1;
  }
  return out;
}

bool IsSpace(char32_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::u32string Strip(std::u32string text) {
  while (!text.empty() && IsSpace(text.back())) text.pop_back();
  std::size_t begin = 0;
  while (begin < text.size() && IsSpace(text[begin])) ++begin;
  return text.substr(begin);
}

std::vector<std::u32string> Split(const std::u32string& text) {
  std::vector<std::u32string> segments(1);
  for (char32_t c : text) {
    if (c == '/') {
      segments.emplace_back();
    } else {
      segments.back() += c;
    }
  }
  return segments;
}

// pathspec's rules for where a pattern is anchored and what a trailing slash means.
void Normalize(std::vector<std::u32string>* segments) {
  if (segments->front().empty()) {
    segments->erase(segments->begin());
  } else if (segments->size() == 1 || (segments->size() == 2 && segments->back().empty())) {
    if (segments->front() != U"**") segments->insert(segments->begin(), U"**");
  }
  if (segments->size() > 1 && segments->back().empty()) segments->back() = U"**";
}

}  // namespace

std::optional<IgnorePattern> IgnorePattern::Parse(std::string_view line) {
  IgnorePattern result;
  std::u32string pattern = Strip(Decode(line));
  if (pattern.empty() || pattern.front() == '#' || pattern == U"/") return std::nullopt;
  result.text_ = std::string(line);
  while (!result.text_.empty() && IsSpace(static_cast<unsigned char>(result.text_.back())))
    result.text_.pop_back();
  if (pattern.front() == '!') {
    result.negated_ = true;
    pattern.erase(0, 1);
    if (pattern.empty()) return std::nullopt;
  }
  if (pattern.front() == '\\') pattern.erase(0, 1);
  result.Compile(pattern);
  result.FindNeeded();
  return result;
}

void IgnorePattern::Compile(const std::u32string& pattern) {
  std::vector<std::u32string> segments = Split(pattern);
  Normalize(&segments);
  bool need_slash = false;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    if (segments[i] == U"**") {
      const Step::Kind kind = i == 0 && last ? Step::Kind::kEverything
                              : i == 0       ? Step::Kind::kLeadingSegments
                              : last         ? Step::Kind::kBelow
                                             : Step::Kind::kInnerSegments;
      steps_.push_back({kind});
      if (i == 0) need_slash = false;
      if (kind == Step::Kind::kInnerSegments) need_slash = true;
      continue;
    }
    if (need_slash) steps_.push_back({Step::Kind::kCharacter, '/'});
    need_slash = true;
    if (segments[i] == U"*") {
      steps_.push_back({Step::Kind::kSegment});
      continue;
    }
    AddSegment(segments[i]);
    if (last && !negated_) steps_.push_back({Step::Kind::kItselfOrBelow});
  }
}

void IgnorePattern::AddSegment(std::u32string_view segment) {
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const char32_t c = segment[i];
    if (c == '\\') {
      if (++i < segment.size()) steps_.push_back({Step::Kind::kCharacter, segment[i]});
    } else if (c == '*') {
      steps_.push_back({Step::Kind::kAnyCharacters});
    } else if (c == '?') {
      steps_.push_back({Step::Kind::kAnyCharacter});
    } else if (c == '[') {
      i = AddClass(segment, i);
    } else {
      steps_.push_back({Step::Kind::kCharacter, c});
    }
  }
}

// Adds the bracket expression that opens at `open`, and returns the index of its last character. Without an
// end, the bracket is just a character.
std::size_t IgnorePattern::AddClass(std::u32string_view segment, std::size_t open) {
  std::size_t end = open + 1;
  if (end < segment.size() && segment[end] == '!') ++end;
  if (end < segment.size() && segment[end] == ']') ++end;
  while (end < segment.size() && segment[end] != ']') ++end;
  if (end >= segment.size()) {
    steps_.push_back({Step::Kind::kCharacter, '['});
    return open;
  }
  Step step{Step::Kind::kClass};
  std::size_t i = open + 1;
  if (segment[i] == '!') {
    step.negated = true;
    ++i;
  }
  while (i < end) {
    const bool range = i + 2 < end && segment[i + 1] == '-';
    step.ranges.emplace_back(segment[i], range ? segment[i + 2] : segment[i]);
    i += range ? 3 : 1;
  }
  steps_.push_back(std::move(step));
  return end;
}

// Returns whether a step for exactly one character matches this one.
bool IgnorePattern::MatchesOne(const Step& step, char32_t character) {
  if (step.kind == Step::Kind::kCharacter) return character == step.character;
  if (step.kind == Step::Kind::kAnyCharacter) return character != '/';
  const bool in = std::any_of(step.ranges.begin(), step.ranges.end(), [&](const auto& range) {
    return range.first <= character && character <= range.second;
  });
  return in != step.negated;
}

// Computes from all positions up to which the path may be matched the positions at which this step may end.
void IgnorePattern::Advance(const Step& step, std::u32string_view path, const std::vector<bool>& from,
                            std::vector<bool>* to) {
  using Kind = Step::Kind;
  bool running = false;                 // whether a repetition that began earlier continues
  std::size_t since = path.size() + 1;  // where the first (?:.+/)? or (?:/.+)? began
  for (std::size_t i = 0; i <= path.size(); ++i) {
    const bool slash = i < path.size() && path[i] == '/';
    switch (step.kind) {
      case Kind::kCharacter:
      case Kind::kAnyCharacter:
      case Kind::kClass:
        if (from[i] && i < path.size() && MatchesOne(step, path[i])) (*to)[i + 1] = true;
        break;
      case Kind::kAnyCharacters:
        running = running || from[i];
        if (running) (*to)[i] = true;
        if (slash) running = false;
        break;
      case Kind::kSegment:
        if (running) (*to)[i] = true;
        running = (running || from[i]) && !slash;
        break;
      case Kind::kLeadingSegments:
        if (from[i]) (*to)[i] = true;
        if (i > since + 1 && path[i - 1] == '/') (*to)[i] = true;
        if (from[i]) since = std::min(since, i);
        break;
      case Kind::kInnerSegments:
        if (from[i]) (*to)[i] = true;
        if (i > since + 1) (*to)[i] = true;
        if (from[i] && slash) since = std::min(since, i);
        break;
      case Kind::kBelow:
        if (running) (*to)[i] = true;
        running = running || (from[i] && slash);
        break;
      case Kind::kItselfOrBelow:
        if (from[i] || running) (*to)[i] = true;
        running = running || (from[i] && slash);
        break;
      case Kind::kEverything:
        if (running) (*to)[i] = true;
        running = running || from[i];
        break;
    }
  }
}

// The longest run of plain characters.
void IgnorePattern::FindNeeded() {
  std::string run;
  for (const Step& step : steps_) {
    const bool plain = step.kind == Step::Kind::kCharacter && step.character < 0x80;
    run = plain ? run + static_cast<char>(step.character) : "";
    if (run.size() > needed_.size()) needed_ = run;
  }
}

bool IgnorePattern::Matches(std::string_view path) const {
  if (path.find(needed_) == std::string_view::npos) return false;
  const std::u32string text = Decode(path);
  std::vector<bool> at(text.size() + 1), next;
  at[0] = true;
  for (const Step& step : steps_) {
    next.assign(text.size() + 1, false);
    Advance(step, text, at, &next);
    at.swap(next);
  }
  return at[text.size()];
}

// The last step must match the whole rest of the path, whatever that is.
bool IgnorePattern::MatchesAllIn(std::string_view directory) const {
  const Step::Kind last = steps_.empty() ? Step::Kind::kCharacter : steps_.back().kind;
  return (last == Step::Kind::kBelow || last == Step::Kind::kSegment || last == Step::Kind::kEverything) &&
         Matches(std::string(directory) + "/x");
}

IgnoreRules IgnoreRules::FromPatterns(const std::vector<std::string>& patterns) {
  IgnoreRules rules;
  for (const std::string& line : patterns)
    if (std::optional<IgnorePattern> pattern = IgnorePattern::Parse(line))
      rules.patterns_.push_back(*std::move(pattern));
  return rules;
}

IgnoreRules IgnoreRules::Parse(std::string_view text) {
  std::vector<std::string> lines(1);
  for (char c : text) {
    if (c == '\n' || c == '\r') {
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  return FromPatterns(lines);
}

const IgnorePattern* IgnoreRules::Excludes(std::string_view path) const {
  for (auto pattern = patterns_.rbegin(); pattern != patterns_.rend(); ++pattern)
    if (pattern->Matches(path)) return pattern->negated() ? nullptr : &*pattern;
  return nullptr;
}

const IgnorePattern* IgnoreRules::ExcludesAllIn(std::string_view directory, bool* certain) const {
  *certain = true;
  for (auto pattern = patterns_.rbegin(); pattern != patterns_.rend(); ++pattern) {
    if (!pattern->MatchesAllIn(directory)) {
      if (pattern->negated()) *certain = false;
      continue;
    }
    return pattern->negated() ? nullptr : &*pattern;
  }
  return nullptr;
}

}  // namespace kubectl_ray
