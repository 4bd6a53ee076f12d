#include "kubectl-ray/cli/help.h"

#include <algorithm>
#include <sstream>

#include "kubectl-ray/cli/flag_value.h"

namespace kubectl_ray {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kColumn = 30;  // where the right column begins

// `text` in lines that end before kWidth, those after the first one indented.
std::string Wrap(const std::string& text, std::size_t indent) {
  std::istringstream words(text);
  std::string out, word;
  std::size_t at = indent;
  while (words >> word) {
    const bool first = at == indent;
    if (!first && at + 1 + word.size() > kWidth) {
      out += "\n" + std::string(indent, ' ');
      at = indent;
    } else if (!first) {
      out += ' ';
      ++at;
    }
    out += word;
    at += word.size();
  }
  return out;
}

// A line of two columns; a left side that is too long has a line of its own.
std::string Row(const std::string& left, const std::string& right) {
  std::string out = "  " + left;
  if (out.size() + 2 > kColumn) {
    out += "\n" + std::string(kColumn, ' ');
  } else {
    out.resize(kColumn, ' ');
  }
  return out + Wrap(right, kColumn) + "\n";
}

// As Go's flag library calls them, which kubectl's users read every day.
std::string ValueName(const CLI::Option& option) {
  if (!TakesNextWord(option)) return "";
  const std::string type = option.get_type_name();
  if (const std::size_t open = type.find('{'); open != type.npos) {  // TEXT:{v1,v2}
    std::string choices = type.substr(open + 1, type.size() - open - 2);
    std::replace(choices.begin(), choices.end(), ',', '|');
    return choices;
  }
  std::string name = type.starts_with("INT") ? "int" : type.starts_with("FLOAT") ? "float" : "string";
  return IsList(option) ? name + "s" : name;
}

// "-o, --output string"
std::string FlagNames(const CLI::Option& option) {
  std::string names;
  for (const auto& [dashes, all] : {std::pair{"-", option.get_snames()}, {"--", option.get_lnames()}})
    for (const std::string& name : all) names += (names.empty() ? "" : ", ") + (dashes + name);
  if (names.starts_with("--")) names.insert(0, "    ");
  if (ValueIsOptional(option)) return names + "[=string]";
  const std::string value = ValueName(option);
  return value.empty() ? names : names + ' ' + value;
}

std::string Description(const CLI::Option& option) {
  std::string text = option.get_description();
  if (option.nonpositional() && option.get_required()) text += " (required)";
  if (!option.get_default_str().empty()) text += " (default " + option.get_default_str() + ")";
  for (const CLI::Option* other : option.get_excludes()) text += " (not with " + other->get_name() + ")";
  return text;
}

std::string ArgumentName(const CLI::Option& option) {
  const std::string name = option.get_name(true) + (IsList(option) ? "..." : "");
  return option.get_required() ? name : "[" + name + "]";
}

std::string Arguments(const CLI::App& command) {
  std::string out;
  for (const CLI::Option* option :
       command.get_options([](const CLI::Option* o) { return o->get_positional(); }))
    out += Row(option->get_name(true), Description(*option));
  return out.empty() ? "" : "\nArguments:\n" + out;
}

std::string FlagsOf(const CLI::App& command, const std::string& group, const std::string& title) {
  std::string out;
  for (const CLI::Option* option : command.get_options([&](const CLI::Option* o) {
         return o->nonpositional() && o->get_group() == group && o != command.get_help_ptr();
       }))
    out += Row(FlagNames(*option), Description(*option));
  return out.empty() ? "" : "\n" + title + ":\n" + out;
}

// CLI11's name for the flags that are given no group, which --help is one of.
std::string DefaultGroup(const CLI::App& command) { return command.get_help_ptr()->get_group(); }

std::string Flags(const CLI::App& command) {
  if (command.get_parent() == nullptr) return "";
  std::string out;
  for (const std::string& group : command.get_groups())
    if (!group.empty()) out += FlagsOf(command, group, group == DefaultGroup(command) ? "Flags" : group);
  return out;
}

// The program's own commands are grouped by task.
std::string Commands(const CLI::App& command) {
  const auto title_of = [](const CLI::App* sub) {
    return sub->get_parent()->get_parent() == nullptr ? sub->get_group() : "Commands";
  };
  std::vector<std::string> titles;
  for (const CLI::App* sub : Subcommands(command))
    if (std::find(titles.begin(), titles.end(), title_of(sub)) == titles.end())
      titles.push_back(title_of(sub));
  std::string out;
  for (const std::string& title : titles) {
    out += "\n" + title + ":\n";
    for (const CLI::App* sub : Subcommands(command))
      if (title_of(sub) == title) out += Row(sub->get_display_name(true), sub->get_description());
  }
  return out;
}

std::string Usage(const CLI::App& command, const Leaf* leaf) {
  std::string line = CommandPath(command);
  for (const CLI::Option* option :
       command.get_options([](const CLI::Option* o) { return o->get_positional(); }))
    line += " " + ArgumentName(*option);
  std::string out;
  if (leaf != nullptr) {
    out = "  " + line + " [flags]";
    if (leaf->takes_program()) out += " -- PROGRAM [ARGUMENT...]";
    out += "\n";
  }
  if (!Subcommands(command).empty()) out += "  " + CommandPath(command) + " COMMAND [flags]\n";
  return "\nUsage:\n" + out;
}

std::string ExitCodes(const Leaf& leaf) {
  std::string out;
  for (const auto& [code, meaning] : kExitCodes)
    if (std::find(leaf.exit_codes().begin(), leaf.exit_codes().end(), code) != leaf.exit_codes().end())
      out += Row(std::to_string(code), std::string(meaning));
  return out.empty() ? "" : "\nExit codes:\n" + out;
}

std::string Examples(const Leaf& leaf) {
  std::string out;
  for (const Example& example : leaf.examples()) {
    out += (out.empty() ? "\nExamples:\n  # " : "\n  # ") + example.what + "\n";
    for (const std::string& line : example.lines) out += "  " + line + "\n";
  }
  return out;
}

}  // namespace

std::vector<const CLI::App*> Subcommands(const CLI::App& command) {
  return command.get_subcommands(
      [](const CLI::App* sub) { return !sub->get_name().empty() && !sub->get_group().empty(); });
}

std::string CommandPath(const CLI::App& command) {
  std::string path = command.get_name();
  for (const CLI::App* parent = command.get_parent(); parent != nullptr; parent = parent->get_parent())
    path = parent->get_name() + " " + path;
  return path;
}

std::string GlobalFlagsHelp(const CLI::App& root) {
  std::string out;
  for (const std::string& group : root.get_groups())
    if (group != DefaultGroup(root)) out += FlagsOf(root, group, group);
  return out;
}

std::string HelpFormatter::make_help(const CLI::App* command, std::string /*name*/,
                                     CLI::AppFormatMode /*mode*/) const {
  const Leaf* leaf = tree_.Find(command);
  std::string out = Wrap(command->get_description(), 0) + "\n" + Usage(*command, leaf);
  out += Arguments(*command) + Flags(*command) + Commands(*command);
  if (leaf != nullptr) {
    out += ExitCodes(*leaf);
    for (const std::string& note : leaf->notes()) out += "\n" + Wrap(note, 0) + "\n";
    out += Examples(*leaf);
  }
  const std::string program = tree_.root().get_name();
  if (!Subcommands(*command).empty())
    out += "\n`" + CommandPath(*command) + " COMMAND --help` shows more about a command.";
  return out + "\n`" + program + " options` lists the flags that every command takes.\n";
}

}  // namespace kubectl_ray
