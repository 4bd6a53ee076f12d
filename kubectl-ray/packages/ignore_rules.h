// The patterns of .gitignore, .rayignore and runtime_env's `excludes`, read as Ray reads them.
// Source: ray/_private/thirdparty/pathspec/patterns/gitwildmatch.py (pathspec 0.8.1, in Ray 2.52).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kubectl_ray {

// One pattern, compiled to steps that are matched without backtracking. The time to match is bounded by the
// product of the pattern's and the path's lengths.
class IgnorePattern {
 public:
  // Returns nothing for an empty line, a comment, "/" and "!".
  static std::optional<IgnorePattern> Parse(std::string_view line);

  // `path` is relative, with '/' between segments and none at the end.
  bool Matches(std::string_view path) const;

  // Returns whether the pattern matches everything that can be in `directory`, by any name: "data/",
  // "/data/**", "data/*". `directory` is a path as in Matches(), and may itself be matched or not.
  bool MatchesAllIn(std::string_view directory) const;

  bool negated() const { return negated_; }
  const std::string& text() const { return text_; }

 private:
  struct Step {
    enum class Kind {
      kCharacter,        // exactly this one
      kAnyCharacter,     // [^/]
      kAnyCharacters,    // [^/]*
      kSegment,          // [^/]+
      kClass,            // [abc], [!a-z]
      kLeadingSegments,  // (?:.+/)?
      kInnerSegments,    // (?:/.+)?
      kBelow,            // /.*
      kItselfOrBelow,    // (?:/.*)?
      kEverything,       // .+
    };
    Kind kind;
    char32_t character = 0;
    std::vector<std::pair<char32_t, char32_t>> ranges = {};
    bool negated = false;
  };

  void AddSegment(std::u32string_view segment);
  std::size_t AddClass(std::u32string_view segment, std::size_t open);
  void Compile(const std::u32string& pattern);
  void FindNeeded();
  static bool MatchesOne(const Step& step, char32_t character);
  static void Advance(const Step& step, std::u32string_view path, const std::vector<bool>& from,
                      std::vector<bool>* to);

  std::string text_;
  bool negated_ = false;
  std::vector<Step> steps_;
  std::string needed_;  // ASCII that every path that matches has, or nothing
};

// The rules of one file, or of `excludes`. The last pattern that matches decides.
class IgnoreRules {
 public:
  // `text` is a whole file, with line ends of any kind.
  static IgnoreRules Parse(std::string_view text);
  static IgnoreRules FromPatterns(const std::vector<std::string>& patterns);

  bool empty() const { return patterns_.empty(); }

  // Returns the pattern that leaves `path` out, or nullptr if it is packed. The path is relative to the
  // rules' directory.
  const IgnorePattern* Excludes(std::string_view path) const;

  // Returns the pattern that leaves out everything that can be in `directory`, or nullptr. *certain is set to
  // whether no later pattern can include something in it again, so that nobody has to look.
  const IgnorePattern* ExcludesAllIn(std::string_view directory, bool* certain) const;

 private:
  std::vector<IgnorePattern> patterns_;
};

}  // namespace kubectl_ray
