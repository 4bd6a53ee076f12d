#include "kubectl-ray/cli/command_line.h"

#include <algorithm>
#include <functional>

#include "kubectl-ray/cli/flag_value.h"
#include "kubectl-ray/cli/help.h"
#include "kubectl-ray/cli/parse_error.h"

namespace kubectl_ray {
namespace {

using shared::Result;
using shared::Unexpected;

struct Found {
  const CLI::App* owner = nullptr;
  const CLI::Option* option = nullptr;
};
using Finder = std::function<Found(const std::string& name)>;

bool IsFlag(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

Found FindIn(const CLI::App& app, const std::string& name) {
  for (const CLI::Option* option : app.get_options())
    if (option->check_name(name)) return {&app, option};
  return {};
}

// In `at` or above it, the nearest one.
Found FindInScope(const CLI::App* at, const std::string& name) {
  Found found;
  for (; at != nullptr && found.option == nullptr; at = at->get_parent()) found = FindIn(*at, name);
  return found;
}

std::vector<const CLI::App*> Children(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// In a command below `at`. If they differ in whether it takes a value, one that does, as cobra takes an
// unknown flag.
Found FindBelow(const CLI::App& at, const std::string& name) {
  Found any;
  for (const CLI::App* child : Children(at)) {
    Found found = FindIn(*child, name);
    if (found.option == nullptr) found = FindBelow(*child, name);
    if (found.option == nullptr) continue;
    if (TakesNextWord(*found.option)) return found;
    any = found;
  }
  return any;
}

const CLI::App* FindChild(const CLI::App& at, const std::string& word) {
  for (const CLI::App* child : Children(at))
    if (!word.empty() && child->check_name(word)) return child;
  return nullptr;
}

Unexpected<shared::Error> UnknownFlag(const CLI::App& command, const std::string& name,
                                      const std::string& word) {
  shared::Error error = UnknownWord(command, name);
  if (name.size() < word.size() && !word.starts_with("--")) error.message += " in \"" + word + "\"";
  return Unexpected(std::move(error));
}

// --name or --name=value.
Result<std::vector<GivenFlag>> SplitLong(const CLI::App& command, const std::string& word,
                                         const Finder& find) {
  const std::size_t equals = word.find('=');
  const std::string name = word.substr(0, equals);
  const Found found = name.size() > 2 && name[2] != '-' ? find(name) : Found();
  if (found.option == nullptr) return UnknownFlag(command, name.size() > 2 ? name : word, word);
  GivenFlag flag = {found.owner, found.option, name, std::nullopt};
  if (equals != word.npos) flag.value = word.substr(equals + 1);
  return std::vector{std::move(flag)};
}

// -n, -nVALUE, -n=VALUE, or several: -Awo=json.
Result<std::vector<GivenFlag>> SplitShort(const CLI::App& command, const std::string& word,
                                          const Finder& find) {
  std::vector<GivenFlag> flags;
  for (std::size_t i = 1; i < word.size(); ++i) {
    const std::string name = {'-', word[i]};
    const Found found = find(name);
    if (found.option == nullptr) return UnknownFlag(command, name, word);
    flags.push_back({found.owner, found.option, name, std::nullopt});
    const std::string rest = word.substr(i + 1);
    if (rest.size() > 1 && rest.front() == '=') {  // "-n=" alone is the value "="
      flags.back().value = rest.substr(1);
      break;
    }
    if (rest.empty() || !TakesNextWord(*found.option)) continue;
    flags.back().value = rest;
    break;
  }
  return flags;
}

// The flags of one word; the last one may lack its value. `command` is the one that an error speaks of.
Result<std::vector<GivenFlag>> SplitFlags(const CLI::App& command, const std::string& word,
                                          const Finder& find) {
  return word.starts_with("--") ? SplitLong(command, word, find) : SplitShort(command, word, find);
}

bool AwaitsValue(const GivenFlag& flag) { return !flag.value && TakesNextWord(*flag.option); }

struct Commands {
  const CLI::App* last;
  std::vector<std::size_t> at;  // which words name them
};

Commands FindCommands(const CLI::App& root, const std::vector<std::string>& words) {
  Commands commands = {&root, {}};
  const Finder find = [&](const std::string& name) {
    const Found found = FindInScope(commands.last, name);
    return found.option != nullptr ? found : FindBelow(*commands.last, name);
  };
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    if (IsFlag(words[i])) {
      const auto flags = SplitFlags(root, words[i], find);
      if (flags && AwaitsValue(flags->back())) ++i;
      continue;
    }
    const CLI::App* child = FindChild(*commands.last, words[i]);
    if (child == nullptr) break;  // an argument: no command follows it
    commands.last = child;
    commands.at.push_back(i);
  }
  return commands;
}

// A boolean alone is true.
shared::Status ReadValue(GivenFlag* flag) {
  if (!flag->value && !TakesNextWord(*flag->option) && !ValueIsOptional(*flag->option)) flag->value = "true";
  if (!flag->value) return shared::Ok();
  ASSIGN_OR_RETURN(flag->value, ReadFlagValue(*flag->option, flag->name, *flag->value));
  return shared::Ok();
}

// Adds the flags of words[*i], and moves *i on to the word that is the value of the last one.
shared::Status AddFlags(const std::vector<std::string>& words, std::size_t* i, const Finder& find,
                        CommandLine* line) {
  ASSIGN_OR_RETURN(std::vector<GivenFlag> flags, SplitFlags(*line->command, words[*i], find));
  for (GivenFlag& flag : flags) {
    if (AwaitsValue(flag) && *i + 1 < words.size()) flag.value = words[++*i];
    if (AwaitsValue(flag)) {
      line->awaiting = std::move(flag);
      return shared::Ok();
    }
    if (auto read = ReadValue(&flag); !read) {
      shared::Error error = std::move(read).error();
      error.hint = SeeHelp(*line->command);
      return Unexpected(std::move(error));
    }
    line->flags.push_back(std::move(flag));
  }
  return shared::Ok();
}

// Whether a later flag of the line takes the place of flags[i].
bool IsOverridden(const std::vector<GivenFlag>& flags, std::size_t i) {
  return !IsList(*flags[i].option) &&
         std::any_of(flags.begin() + static_cast<std::ptrdiff_t>(i) + 1, flags.end(),
                     [&](const GivenFlag& later) { return later.option == flags[i].option; });
}

void AppendFlags(const CLI::App& owner, const CommandLine& line, std::vector<std::string>* words) {
  for (std::size_t i = 0; i < line.flags.size(); ++i) {
    const GivenFlag& flag = line.flags[i];
    if (flag.owner != &owner || IsOverridden(line.flags, i)) continue;
    if (flag.option == owner.get_help_ptr()) {
      if (flag.value == "true") words->push_back(flag.name);
    } else if (TakesNextWord(*flag.option)) {
      words->insert(words->end(), {flag.name, *flag.value});
    } else {
      // CLI11 has no -A=false: the long name is there for every flag without a value.
      words->push_back("--" + flag.option->get_lnames().front() + (flag.value ? "=" + *flag.value : ""));
    }
  }
}

// How many arguments the command takes at most.
std::size_t MostArguments(const CLI::App& command) {
  std::size_t most = 0;
  for (const CLI::Option* option :
       command.get_options([](const CLI::Option* o) { return o->get_positional(); }))
    most += static_cast<std::size_t>(option->get_expected_max());
  return most;
}

}  // namespace

const CLI::App& NamedCommand(const CLI::App& root, const std::vector<std::string>& words) {
  return *FindCommands(root, words).last;
}

Result<CommandLine> ReadCommandLine(const CLI::App& root, const std::vector<std::string>& words) {
  const Commands commands = FindCommands(root, words);
  CommandLine line;
  line.command = commands.last;
  const CLI::App* at = &root;
  const Finder find = [&](const std::string& name) {
    const Found found = FindInScope(at, name);
    return found.option != nullptr ? found : FindInScope(line.command, name);
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (std::find(commands.at.begin(), commands.at.end(), i) != commands.at.end()) {
      at = FindChild(*at, words[i]);
    } else if (words[i] == "--") {
      line.program.emplace(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      break;
    } else if (IsFlag(words[i])) {
      if (auto added = AddFlags(words, &i, find, &line); !added) {
        // `create clusters demo --wait`: it is the word that is wrong, and not the flag.
        if (!line.arguments.empty() && !Children(*line.command).empty())
          return Unexpected(UnknownWord(*line.command, line.arguments.front()));
        return Unexpected(std::move(added).error());
      }
    } else {
      line.arguments.push_back(words[i]);
    }
  }
  return line;
}

Result<std::vector<std::string>> WordsForParser(const CommandLine& line) {
  if (line.awaiting)
    return shared::Fail(shared::ErrorCode::kUsage, line.awaiting->name + " needs a value",
                        SeeHelp(*line.command));
  const std::size_t most = MostArguments(*line.command);
  if (line.arguments.size() > most) return Unexpected(UnknownWord(*line.command, line.arguments[most]));
  std::vector<const CLI::App*> path;
  for (const CLI::App* at = line.command; at != nullptr; at = at->get_parent()) path.insert(path.begin(), at);
  std::vector<std::string> words;
  for (const CLI::App* app : path) {
    if (app->get_parent() != nullptr) words.push_back(app->get_name());
    AppendFlags(*app, line, &words);
  }
  // After `--` an argument that is a command's name, too, stays an argument.
  if (!line.arguments.empty()) words.push_back("--");
  words.insert(words.end(), line.arguments.begin(), line.arguments.end());
  return words;
}

}  // namespace kubectl_ray
