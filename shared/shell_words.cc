#include "shared/shell_words.h"

#include <algorithm>
#include <utility>

#include "shared/json.h"

namespace shared {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kOperators = ";&|<>()";

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Returns the length of the JSON object at the front of `text`, or 0 if there is none that is whole and
// valid.
std::size_t JsonObjectLength(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) return ParseJson(text.substr(0, i + 1)) ? i + 1 : 0;
  }
  return 0;
}

class Splitter {
 public:
  Splitter(std::string_view text, const Variables& variables) : text_(text), variables_(variables) {}

  Result<std::vector<std::string>> Run() {
    if (text_.find('\0') != std::string_view::npos) return Refuse("a NUL byte");
    while (at_ < text_.size()) TRY(Step());
    EndWord();
    return std::move(words_);
  }

 private:
  Unexpected<Error> Refuse(const std::string& what) const {
    return Fail(ErrorCode::kUsage,
                "cannot read the command line: it has " + what + " at byte " + std::to_string(at_),
                "No shell runs it: write plain words, with '…', \"…\" or \\ for quoting.");
  }

  Status Step() {
    const char c = text_[at_];
    if (c == '\n' && AnotherLineFollows()) return Refuse("more than one line");
    if (kBlanks.find(c) != std::string_view::npos) {
      EndWord();
      ++at_;
      return Ok();
    }
    if (kOperators.find(c) != std::string_view::npos || (c == '#' && !in_word_))
      return Refuse(std::string("the shell's \"") + c + "\"");
    const bool json_may_start = !in_word_ || (!word_.empty() && word_.back() == '=');
    if (c == '{' && json_may_start)
      if (const std::size_t length = JsonObjectLength(text_.substr(at_)); length > 0) return Take(length);
    in_word_ = true;
    if (c == '\'') return SingleQuoted();
    if (c == '"') return DoubleQuoted();
    if (c == '\\') return Escaped();
    if (c == '$' || c == '`') return Expansion();
    word_ += c;
    ++at_;
    return Ok();
  }

  // A newline ends the command, unless nothing but blanks follows.
  bool AnotherLineFollows() const {
    return !(words_.empty() && !in_word_) && text_.find_first_not_of(kBlanks, at_) != std::string_view::npos;
  }

  Status Take(std::size_t length) {
    in_word_ = true;
    word_ += text_.substr(at_, length);
    at_ += length;
    return Ok();
  }

  Status Escaped() {
    if (at_ + 1 == text_.size()) return Refuse("a \\ at its end");
    if (text_[at_ + 1] != '\n') word_ += text_[at_ + 1];
    at_ += 2;
    return Ok();
  }

  Status SingleQuoted() {
    const std::size_t end = text_.find('\'', at_ + 1);
    if (end == std::string_view::npos) return Refuse("a ' that is not closed");
    word_ += text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return Ok();
  }

  Status DoubleQuoted() {
    for (++at_; at_ < text_.size();) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return Ok();
      }
      if (c == '$' || c == '`') {
        TRY(Expansion());
      } else if (c == '\\' && at_ + 1 < text_.size() &&
                 std::string_view("$`\"\\\n").find(text_[at_ + 1]) != std::string_view::npos) {
        TRY(Escaped());
      } else {
        word_ += c;
        ++at_;
      }
    }
    return Refuse("a \" that is not closed");
  }

  Status Expansion() {
    const std::string_view rest = text_.substr(at_);
    if (rest[0] == '`' || rest.starts_with("$(")) return Refuse("a command substitution");
    const bool braces = rest.starts_with("${");
    std::size_t end = braces ? 2 : 1;
    while (end < rest.size() && IsNameCharacter(rest[end])) ++end;
    const std::string name(rest.substr(braces ? 2 : 1, end - (braces ? 2 : 1)));
    if (name.empty() && !braces) return Take(1);  // a lone $ stands for itself
    std::string_view fallback;
    if (braces) {
      const std::size_t close = rest.find('}', end);
      if (close == std::string_view::npos) return Refuse("a ${ that is not closed");
      fallback = rest.substr(end, close - end);
      if (name.empty() || (!fallback.empty() && !fallback.starts_with(":-")))
        return Refuse("an expansion other than $NAME, ${NAME} and ${NAME:-word}");
      if (!fallback.empty()) fallback.remove_prefix(2);
      end = close + 1;
    }
    if (!variables_) return Take(end);
    const std::string value = variables_(name).value_or("");
    word_ += value.empty() ? fallback : std::string_view(value);
    at_ += end;
    return Ok();
  }

  void EndWord() {
    if (!std::exchange(in_word_, false)) return;
    words_.push_back(std::exchange(word_, {}));
  }

  std::string_view text_;
  const Variables& variables_;
  std::size_t at_ = 0;
  bool in_word_ = false;
  std::string word_;
  std::vector<std::string> words_;
};

}  // namespace

Result<std::vector<std::string>> SplitShellWords(std::string_view text, const Variables& variables) {
  return Splitter(text, variables).Run();
}

std::string QuoteShellWord(std::string_view text) {
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
    return IsNameCharacter(c) || std::string_view("-+.,:/=@%").find(c) != std::string_view::npos;
  });
  if (is_plain && !text.empty()) return std::string(text);
  std::string quoted = "'";
  for (char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace shared
