#include "kubectl-ray/injection/shell_start.h"

#include <algorithm>
#include <optional>

#include "kubectl-ray/manifests/agent.h"
#include "shared/shell_words.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

constexpr std::string_view kGeneratedVariable = "KUBERAY_GEN_RAY_START_CMD";
constexpr std::string_view kBlank = " \t";

bool IsBlank(char c) { return c == ' ' || c == '\t'; }
bool EndsCommand(char c) { return std::string_view("\n;&|()<>").find(c) != std::string_view::npos; }

// Reads a script word by word, with a shell's quoting.
class Words {
 public:
  explicit Words(std::string_view script) : script_(script) {}

  std::size_t at() const { return at_; }
  void MoveTo(std::size_t offset) { at_ = offset; }
  bool at_end() const { return at_ >= script_.size(); }

  // Skips blanks, and lines that are continued.
  void SkipBlanks() {
    while (!at_end()) {
      if (IsBlank(script_[at_]))
        ++at_;
      else if (script_.substr(at_, 2) == "\\\n")
        at_ += 2;
      else
        return;
    }
  }

  // Reads a word as it is written; empty if a command's end, a redirection or a comment is there.
  std::string Word() {
    const std::size_t begin = at_;
    if (!at_end() && script_[at_] == '#') return "";
    while (!at_end() && !IsBlank(script_[at_]) && !EndsCommand(script_[at_])) Step();
    return std::string(script_.substr(begin, at_ - begin));
  }

  // Moves past one character, or past all that is quoted or substituted there.
  void Step() {
    const char c = script_[at_];
    if (c == '\\') {
      at_ = std::min(at_ + 2, script_.size());
    } else if (c == '\'' || c == '`') {
      at_ = AfterNext(c, at_ + 1);
    } else if (c == '"') {
      StepQuoted();
    } else if (script_.substr(at_, 2) == "$(") {
      StepSubstitution();
    } else {
      ++at_;
    }
  }

 private:
  std::size_t AfterNext(char c, std::size_t from) const {
    const std::size_t found = script_.find(c, from);
    return found == script_.npos ? script_.size() : found + 1;
  }
  void StepQuoted() {
    for (++at_; !at_end() && script_[at_] != '"'; ++at_)
      if (script_[at_] == '\\') ++at_;
    at_ = std::min(at_ + 1, script_.size());
  }
  void StepSubstitution() {
    int depth = 0;
    for (++at_; !at_end(); ++at_) {
      if (script_[at_] == '(') ++depth;
      if (script_[at_] == ')' && --depth == 0) break;
    }
    at_ = std::min(at_ + 1, script_.size());
  }

  std::string_view script_;
  std::size_t at_ = 0;
};

bool IsGenerated(std::string word) {
  std::erase_if(word, [](char c) { return c == '"' || c == '{' || c == '}' || c == '$'; });
  return word == kGeneratedVariable;
}

void SkipCommand(Words* words) {
  do words->SkipBlanks();
  while (!words->Word().empty());
}

// Reads the options from where the reader stands.
void ReadOptions(Words* words, ShellStart* start) {
  start->end = words->at();
  for (;;) {
    words->SkipBlanks();
    const std::string word = words->Word();
    // `2>` is a redirection: its number is no option.
    if (word.empty() || (word.find_first_not_of("0123456789") == word.npos && !start->words.empty() &&
                         start->words.back().find('=') != std::string::npos))
      return;
    start->words.push_back(word);
    start->end = words->at();
  }
}

bool IsAssignment(std::string_view word) {
  const std::size_t equals = word.find('=');
  return equals != word.npos && equals > 0 &&
         word.substr(0, equals).find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == word.npos;
}

// Whether `exec` may stand before the command that begins at the end of `before`: only assignments and a
// shell's own words precede it.
bool TakesExec(std::string_view before) {
  for (;;) {
    while (!before.empty() && IsBlank(before.back())) before.remove_suffix(1);
    if (before.empty() || EndsCommand(before.back()) || before.back() == '{') return true;
    const std::size_t blank = before.find_last_of(" \t\n;&|(");
    const std::string_view word = blank == before.npos ? before : before.substr(blank + 1);
    if (word == "then" || word == "else" || word == "do") return true;
    if (!IsAssignment(word)) return false;
    before.remove_suffix(word.size());
  }
}

// The words of a piece of a script, without what separates them and without comments. For pieces that are
// compared with a few words.
std::vector<std::string_view> PlainWords(std::string_view text) {
  constexpr std::string_view kSeparators = " \t\n;&";
  constexpr std::string_view kLineBreak = "\n";
  std::vector<std::string_view> words;
  for (std::size_t at = text.find_first_not_of(kSeparators); at < text.size();) {
    const bool comment = text[at] == '#';
    const std::size_t end = std::min(text.find_first_of(comment ? kLineBreak : kSeparators, at), text.size());
    if (!comment) words.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(kSeparators, end);
  }
  return words;
}

// Whether what follows a start only keeps a container busy.
bool IsIdle(std::string_view rest) {
  if (shared::Trim(rest).starts_with('|') || shared::Trim(rest).starts_with("& ")) return false;
  std::vector<std::string_view> words = PlainWords(rest);
  if (!words.empty() && words.front() == "exec") words.erase(words.begin());
  using Idle = std::vector<std::string_view>;
  if (words.empty() || words == Idle{"wait"}) return true;
  if (words.size() == 2 && words[0] == "sleep") return true;
  if (words == Idle{"tail", "-f", "/dev/null"} || words == Idle{"tail", "-F", "/dev/null"}) return true;
  return words.size() == 6 && words[0] == "while" && (words[1] == "true" || words[1] == ":") &&
         words[2] == "do" && words[3] == "sleep" && words[5] == "done";
}

bool Blocks(const ShellStart& start) {
  return start.program.empty() ||
         std::find(start.words.begin(), start.words.end(), "--block") != start.words.end();
}

// The words of the script after a start, up to 40 bytes, for a message.
std::string Excerpt(std::string_view rest) {
  return shared::EscapeControl(std::string(shared::FirstLine(shared::Trim(rest))).substr(0, 40));
}

// Returns whether the agent is to replace the shell. kUsage: it cannot stand there.
shared::Result<bool> ReplacesShell(std::string_view script, const ShellStart& start, bool several) {
  const std::string_view rest = script.substr(start.end);
  const std::string_view next = rest.substr(std::min(rest.find_first_not_of(kBlank), rest.size()));
  if (IsIdle(rest)) return true;
  if (next.starts_with('|') && !next.starts_with("||"))
    return Fail(ErrorCode::kUsage,
                "the output of `ray start` goes through a pipe (\"" + Excerpt(next) + "\")",
                "Remove the pipe: the agent writes Ray's logs to the container's log.");
  if (next.starts_with('&') && !next.starts_with("&&"))
    return Fail(ErrorCode::kUsage,
                "`ray start` runs in the background of a shell (\"" + Excerpt(next) + "\")",
                "Start Ray last, with --block.");
  if (Blocks(start) || next.starts_with("||")) return false;
  if (several) return true;
  return Fail(ErrorCode::kUsage,
              "`ray start` does not block, and \"" + Excerpt(next) +
                  "\" runs beside it, which it would not with the agent",
              "Run it before `ray start`, in a container of its own, or as a job.");
}

// Several starts are the branches of one script, or they would be two Rays in one container.
bool AreBranches(std::string_view script, const std::vector<ShellStart>& starts) {
  for (std::size_t i = 1; i < starts.size(); ++i) {
    const std::string_view between = script.substr(starts[i - 1].end, starts[i].begin - starts[i - 1].end);
    const std::vector<std::string_view> words = PlainWords(between);
    const bool branch = std::any_of(words.begin(), words.end(), [](std::string_view word) {
      return word == "else" || word == "elif" || word == "esac";
    });
    if (!branch && between.find(";;") == between.npos) return false;
  }
  return true;
}

// A value as the agent reads it: by the rules of rayStartParams, which have quotes too.
std::string AgentValue(const std::string& value) {
  return value.starts_with('{') ? value : shared::QuoteShellWord(value);
}

// The value of a word without anything for a shell to fill in, or nothing.
std::optional<std::string> Literal(const std::string& word) {
  if (word.find_first_of("$`~*?") != word.npos) return std::nullopt;
  const auto split = shared::SplitShellWords(word, nullptr);
  return split && split->size() == 1 ? std::optional<std::string>(split->front()) : std::nullopt;
}

struct Option {
  std::string key;
  std::optional<std::string> value;  // as it is written
};

// `--key=value`, `--key value` and `--switch`. kUsage: a word that is no option.
shared::Result<std::vector<Option>> ReadOptionWords(const std::vector<std::string>& words) {
  std::vector<Option> options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("--") || words[i].size() < 3)
      return Fail(ErrorCode::kUsage,
                  "\"" + shared::EscapeControl(words[i]) + "\" is no option of `ray start`",
                  "Write each option as --key=value.");
    const std::size_t equals = words[i].find('=');
    Option option{words[i].substr(2, std::min(equals, words[i].size()) - 2), std::nullopt};
    if (equals != std::string::npos)
      option.value = words[i].substr(equals + 1);
    else if (i + 1 < words.size() && !words[i + 1].starts_with("--"))
      option.value = words[++i];
    options.push_back(std::move(option));
  }
  return options;
}

// Judges the options by what Ray knows, as far as nothing has to be filled in.
shared::Status CheckOptions(const std::vector<Option>& options, bool head, bool quoted) {
  shared::RayStartParams params;
  for (const Option& option : options) {
    if (option.key == "head" || option.key == "block") continue;
    const std::string raw = option.value.value_or("true");
    const std::optional<std::string> literal = quoted ? Literal(raw) : std::optional<std::string>(raw);
    if (!params.emplace(option.key, literal ? AgentValue(*literal) : "$UNKNOWN").second)
      return Fail(ErrorCode::kUsage, "`ray start` has --" + option.key + " twice", "Remove one of the two.");
  }
  const auto type = head ? shared::RayNodeType::kHead : shared::RayNodeType::kWorker;
  for (shared::Error& error : shared::CheckRayStartParams(params, type))
    return Fail(ErrorCode::kUsage, "`ray start`: " + error.message, std::move(error.hint));
  return shared::Ok();
}

std::string Parameter(const Option& option, bool quoted) {
  const std::string raw = option.value.value_or("true");
  if (!quoted) return option.key + "=" + AgentValue(raw);
  const std::optional<std::string> literal = Literal(raw);
  return literal ? shared::QuoteShellWord(option.key + "=" + AgentValue(*literal)) : option.key + "=" + raw;
}

bool ConcernsHealth(const std::string& key) {
  for (const char* known :
       {"port", "address", "dashboard-port", "dashboard-host", "dashboard-agent-listen-port"})
    if (key == known) return true;
  return false;
}

// $(NAME) as ${NAME}, which the agent fills in; Kubernetes fills in no probe's command.
std::string WithAgentsVariables(std::string value) {
  for (std::size_t at = value.find("$("); at != value.npos; at = value.find("$(", at + 1)) {
    const std::size_t end = value.find(')', at);
    if (end == value.npos) break;
    value[at + 1] = '{';
    value[end] = '}';
  }
  return value;
}

}  // namespace

std::optional<std::vector<std::string>> HealthArguments(const std::vector<std::string>& words, bool quoted) {
  const auto options = ReadOptionWords(words);
  if (!options) return std::nullopt;
  std::vector<std::string> arguments{"--node-type", "worker"};
  for (const Option& option : *options) {
    if (option.key == "head") arguments[1] = "head";
    if (!ConcernsHealth(option.key)) continue;
    const std::string raw = option.value.value_or("true");
    if (quoted && (raw.find("$(") != raw.npos || raw.find('`') != raw.npos)) return std::nullopt;
    arguments.insert(arguments.end(),
                     {"--param", option.key + "=" + (quoted ? raw : WithAgentsVariables(raw))});
  }
  return arguments;
}

bool IsRay(std::string_view word) { return word == "ray" || word.ends_with("/ray"); }

std::vector<ShellStart> FindShellStarts(std::string_view script, bool generated) {
  std::vector<ShellStart> starts;
  Words words(script);
  while (!words.at_end()) {
    words.SkipBlanks();
    if (words.at_end()) break;
    if (script[words.at()] == '#') {
      words.MoveTo(std::min(script.find('\n', words.at()), script.size()));
      continue;
    }
    ShellStart start;
    start.begin = words.at();
    const std::string word = words.Word();
    const std::size_t after = words.at();
    if (word.empty()) {
      words.MoveTo(after + 1);
      continue;
    }
    words.SkipBlanks();
    if (generated && (IsGenerated(word) || (word == "eval" && IsGenerated(words.Word())))) {
      start.end = word == "eval" ? words.at() : after;
      starts.push_back(std::move(start));
    } else if (IsRay(word) && words.Word() == "start") {
      start.program = word;
      ReadOptions(&words, &start);
      starts.push_back(std::move(start));
    } else if (IsRay(word) || word == "echo" || word == "printf") {
      SkipCommand(&words);  // its words are its own
    } else {
      words.MoveTo(after);
    }
  }
  return starts;
}

shared::Result<std::vector<std::string>> AgentArguments(const std::string& program,
                                                        const std::vector<std::string>& words, bool quoted) {
  std::vector<std::string> arguments{"start"};
  if (program.empty()) return arguments;
  if (program != "ray") arguments.insert(arguments.end(), {"--ray", program});
  ASSIGN_OR_RETURN(const std::vector<Option> options, ReadOptionWords(words));
  const bool head =
      std::any_of(options.begin(), options.end(), [](const Option& o) { return o.key == "head"; });
  TRY(CheckOptions(options, head, quoted));
  arguments.insert(arguments.end(), {"--node-type", head ? "head" : "worker"});
  for (const Option& option : options)
    if (option.key != "head" && option.key != "block")
      arguments.insert(arguments.end(), {"--param", Parameter(option, quoted)});
  return arguments;
}

shared::Result<std::string> WithAgentInScript(const std::string& script,
                                              const std::vector<ShellStart>& starts) {
  if (!AreBranches(script, starts))
    return Fail(ErrorCode::kUsage, "it starts Ray more than once",
                "Give each node of Ray a container of its own.");
  std::string changed;
  std::size_t at = 0;
  for (const ShellStart& start : starts) {
    const std::string_view before = std::string_view(script).substr(0, start.begin);
    ASSIGN_OR_RETURN(const bool replaces, ReplacesShell(script, start, starts.size() > 1));
    ASSIGN_OR_RETURN(const std::vector<std::string> arguments,
                     AgentArguments(start.program, start.words, true));
    changed +=
        script.substr(at, start.begin - at) + (replaces && TakesExec(before) ? "exec " : "") + kAgentProgram;
    for (const std::string& argument : arguments) changed += " " + argument;
    at = start.end;
  }
  return changed + script.substr(at);
}

}  // namespace kubectl_ray
