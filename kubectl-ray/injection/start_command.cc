#include "kubectl-ray/injection/start_command.h"

#include <algorithm>
#include <vector>

#include "kubectl-ray/injection/shell_start.h"
#include "kubectl-ray/manifests/agent.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::Json;

std::vector<std::string> Strings(const Json& list) {
  std::vector<std::string> words;
  if (list.is_array())
    for (const Json& word : list)
      if (word.is_string()) words.push_back(word.get<std::string>());
  return words;
}

std::vector<std::string> WordsOf(const ContainerCommand& command) {
  std::vector<std::string> words = Strings(command.command);
  for (std::string& word : Strings(command.args)) words.push_back(std::move(word));
  return words;
}

// The place of `ray`, `start` among the words, or their number.
std::size_t StartWord(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (IsRay(words[i]) && words[i + 1] == "start") return i;
  return words.size();
}

// The place of a shell's script, after an option with a c (-c, -lc), or the number of words.
std::size_t ScriptWord(const std::vector<std::string>& words) {
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    if (words[i].size() < 2 || words[i][0] != '-' || words[i][1] == '-') continue;
    if (words[i].find('c') == std::string::npos) continue;
    return words[i + 1] == "--" && i + 2 < words.size() ? i + 2 : i + 1;
  }
  return words.size();
}

std::vector<ShellStart> StartsInScript(const std::vector<std::string>& words, bool generated) {
  const std::size_t script = ScriptWord(words);
  return script == words.size() ? std::vector<ShellStart>() : FindShellStarts(words[script], generated);
}

// Puts the words back into command and args, of which the first has `count` words.
ContainerCommand Divided(const std::vector<std::string>& words, std::size_t count, bool has_args) {
  ContainerCommand divided;
  if (count > 0)
    divided.command =
        std::vector<std::string>(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count));
  if (has_args)
    divided.args = std::vector<std::string>(words.begin() + static_cast<std::ptrdiff_t>(count), words.end());
  return divided;
}

shared::Result<AgentStart> WithAgentWords(const ContainerCommand& command, std::vector<std::string> words,
                                          std::size_t ray) {
  const std::vector<std::string> options(words.begin() + static_cast<std::ptrdiff_t>(ray) + 2, words.end());
  ASSIGN_OR_RETURN(const std::vector<std::string> arguments, AgentArguments(words[ray], options, false));
  const std::size_t in_command = Strings(command.command).size();
  const bool has_args = command.args.is_array();
  words.resize(ray);
  words.emplace_back(kAgentProgram);
  words.insert(words.end(), arguments.begin(), arguments.end());
  if (!has_args) return AgentStart{Divided(words, words.size(), false), HealthArguments(options, false)};
  // The agent's program has to be the command's: without one the image's entrypoint would get it.
  const std::size_t count =
      in_command > ray ? std::min(words.size(), ray + 2) : std::max<std::size_t>(in_command, 1);
  return AgentStart{Divided(words, count, true), HealthArguments(options, false)};
}

}  // namespace

ContainerCommand CommandOf(const Json& container) {
  ContainerCommand command{At(container, {"command"}), At(container, {"args"})};
  if (!command.command.is_array() || command.command.empty()) command.command = nullptr;
  if (!command.args.is_array() || command.args.empty()) command.args = nullptr;
  return command;
}

bool RunsAgent(const ContainerCommand& command) {
  const std::vector<std::string> words = WordsOf(command);
  return std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return word == kAgentProgram || word.find(std::string(kAgentProgram) + " start") != std::string::npos;
  });
}

bool StartsRay(const ContainerCommand& command) {
  const std::vector<std::string> words = WordsOf(command);
  return StartWord(words) < words.size() || !StartsInScript(words, false).empty();
}

bool RunsGeneratedStart(const ContainerCommand& command) {
  return StartsRay(command) || !StartsInScript(WordsOf(command), true).empty();
}

shared::Result<AgentStart> WithAgentStart(const ContainerCommand& command) {
  std::vector<std::string> words = WordsOf(command);
  if (words.size() != (command.command.is_array() ? command.command.size() : 0) +
                          (command.args.is_array() ? command.args.size() : 0))
    return Fail(ErrorCode::kUsage, "its command is not made of strings alone", "Quote each word.");
  const std::vector<ShellStart> starts = StartsInScript(words, true);
  if (starts.empty()) return WithAgentWords(command, words, StartWord(words));
  const std::size_t script = ScriptWord(words);
  ASSIGN_OR_RETURN(words[script], WithAgentInScript(words[script], starts));
  AgentStart start{Divided(words, Strings(command.command).size(), command.args.is_array()), std::nullopt};
  if (starts.size() == 1)
    start.health =
        starts[0].program.empty() ? std::vector<std::string>() : HealthArguments(starts[0].words, true);
  return start;
}

AgentStart AgentAfter(const ContainerCommand& command) {
  const std::string agent = std::string(kAgentProgram) + " start";
  std::string joined;
  for (const std::string& word : WordsOf(command)) joined += " " + word + " ";
  if (joined.empty()) return {{Json::array({kAgentProgram, "start"}), nullptr}, std::vector<std::string>()};
  const Json shell = Json::array({"/bin/bash", "-c", "--"});
  const std::string script = joined.substr(1) + "&& exec " + agent;
  if (command.args.is_array()) return {{shell, Json::array({script})}, std::vector<std::string>()};
  Json all = shell;
  all.push_back(script);
  return {{std::move(all), nullptr}, std::vector<std::string>()};
}

}  // namespace kubectl_ray
