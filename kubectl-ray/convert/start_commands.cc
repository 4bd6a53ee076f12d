#include "kubectl-ray/convert/start_commands.h"

#include <algorithm>
#include <array>

#include "shared/shell_words.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

constexpr const char* kOpenFilesVariable = "RAY_START_ULIMIT_OPEN_FILES";
constexpr const char* kOpenFiles = "65536";  // KubeRay's own default

// Options of `ray start` that take no value, in any release.
constexpr std::array<std::string_view, 15> kSwitches = {"head",
                                                        "block",
                                                        "no-monitor",
                                                        "lru-evict",
                                                        "huge-pages",
                                                        "include-java",
                                                        "verbose",
                                                        "no-redirect-output",
                                                        "use-pickle",
                                                        "include-webui",
                                                        "disable-usage-stats",
                                                        "enable-object-reconstruction",
                                                        "no-redirect-worker-output",
                                                        "ray-debugger-external",
                                                        "load-code-from-local"};

bool IsSwitch(std::string_view name) {
  return std::find(kSwitches.begin(), kSwitches.end(), name) != kSwitches.end();
}

// Cuts at `;`, `&&` and line breaks outside of quotes.
std::vector<std::string> SplitCommands(std::string_view text) {
  std::vector<std::string> parts(1);
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '\\' && i + 1 < text.size() && text[i + 1] == '\n') {
      ++i;  // the line goes on
      parts.back() += ' ';
      continue;
    } else if (c == ';' || c == '\n' || text.substr(i, 2) == "&&") {
      if (c == '&') ++i;
      parts.emplace_back();
      continue;
    }
    parts.back() += c;
  }
  return parts;
}

// Cuts off where the output went, and a final &.
std::string_view WithoutRedirection(std::string_view command) {
  char quote = '\0';
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '>' || c == '&' || c == '|') {
      std::size_t end = i;
      if (c == '>' && end > 0 && (command[end - 1] == '1' || command[end - 1] == '2')) --end;
      return shared::Trim(command.substr(0, end));
    }
  }
  return command;
}

bool IsAssignment(std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == word.npos || equals == 0 || (word[0] >= '0' && word[0] <= '9')) return false;
  return std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

class Reader {
 public:
  Reader(const std::string& field, NoteList* notes) : field_(field), notes_(notes) {}

  void Read(const LauncherCommand& line) {
    for (const std::string& part : SplitCommands(line.text)) {
      const std::string_view command = WithoutRedirection(shared::Trim(part));
      if (command.empty()) continue;
      const auto words = shared::SplitShellWords(command, nullptr);
      if (!words || !ReadWords(*words, line.line)) Unknown(command, line.line);
    }
  }

  StartCommands Take() { return std::move(read_); }

 private:
  // Returns false for a command that is not one of ours.
  bool ReadWords(std::vector<std::string> words, int line) {
    if (words.empty()) return true;
    const bool exported = words[0] == "export";
    if (exported) words.erase(words.begin());
    while (!words.empty() && IsAssignment(words[0])) {
      Variable(words[0], line);
      words.erase(words.begin());
    }
    if (words.empty()) return true;
    if (exported) return false;
    if (words[0] == "exec") words.erase(words.begin());
    if (words.size() == 3 && words[0] == "ulimit" && words[1] == "-n") return OpenFiles(words[2]);
    if (words.size() >= 2 && words[0] == "ray" && words[1] == "stop") return true;
    if (words.size() >= 2 && words[0] == "ray" && words[1] == "start") return RayStart(words, line);
    return false;
  }

  bool OpenFiles(const std::string& limit) {
    if (limit != kOpenFiles) read_.env.emplace_back(kOpenFilesVariable, limit);
    return true;
  }

  void Variable(const std::string& assignment, int line) {
    const std::size_t equals = assignment.find('=');
    const std::string name = assignment.substr(0, equals), value = assignment.substr(equals + 1);
    if (value.find_first_of("$`") != value.npos) {
      notes_->NeedsPerson(line, field_, "export " + name + " takes its value from a shell, which is gone",
                          "Set the variable in the container's env, with $(NAME) for another variable.");
      return;
    }
    read_.env.emplace_back(name, value);
  }

  bool RayStart(const std::vector<std::string>& words, int line) {
    read_.starts_ray = true;
    for (std::size_t i = 2; i < words.size(); ++i) {
      const std::string& word = words[i];
      if (!word.starts_with("--") || word.size() == 2) {
        Unknown(word, line);
        continue;
      }
      const std::size_t equals = word.find('=');
      std::string name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
      std::string value = "true";
      if (equals != word.npos)
        value = word.substr(equals + 1);
      else if (!IsSwitch(name) && i + 1 < words.size() && !words[i + 1].starts_with("--"))
        value = words[++i];
      Option(name, value, line);
    }
    return true;
  }

  void Option(const std::string& name, std::string value, int line) {
    if (name == "head") read_.starts_head = true;
    for (const std::string_view own : {"head", "block", "no-monitor", "autoscaling-config"})
      if (name == own) return;
    if (name == "address" || name == "redis-address") {
      if (value.find('$') == value.npos)
        notes_->Dropped(line, field_, "--" + name + ": KubeRay gives each worker the head's address");
      return;
    }
    for (const std::string_view old : {"$RAY_HEAD_IP", "${RAY_HEAD_IP}"})
      for (std::size_t at = value.find(old); at != value.npos; at = value.find(old))
        value.replace(at, old.size(), "$FQ_RAY_IP");
    read_.params.emplace_back(name, std::move(value));
  }

  void Unknown(std::string_view command, int line) {
    notes_->NeedsPerson(line, field_,
                        "\"" + std::string(command) + "\" ran before Ray and is not carried over",
                        "Put it into the image, or what it installs into the job's runtime_env.");
  }

  const std::string& field_;
  NoteList* notes_;
  StartCommands read_;
};

}  // namespace

StartCommands ReadStartCommands(const std::vector<LauncherCommand>& lines, const std::string& field,
                                NoteList* notes) {
  Reader reader(field, notes);
  for (const LauncherCommand& line : lines) reader.Read(line);
  return reader.Take();
}

bool HasRayStart(std::string_view text) {
  for (std::size_t at = text.find("ray"); at != text.npos; at = text.find("ray", at + 1)) {
    const std::string_view rest = text.substr(at + 3);
    const std::size_t word = rest.find_first_not_of(" \t");
    if (word != 0 && word != rest.npos && rest.substr(word).starts_with("start")) return true;
  }
  return false;
}

}  // namespace kubectl_ray
