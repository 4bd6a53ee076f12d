#include "kubectl-ray/cli/parse_error.h"

#include <cctype>

#include "kubectl-ray/cli/help.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;

std::vector<std::string> CommandNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* sub : Subcommands(command)) names.push_back(sub->get_name());
  return names;
}

std::vector<std::string> FlagNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* at = &command; at != nullptr; at = at->get_parent())
    for (const CLI::Option* option :
         at->get_options([](const CLI::Option* o) { return !o->get_group().empty(); }))
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

shared::Error UsageError(const CLI::App& command, const std::string& message, const std::string& near) {
  const std::string help = "See `" + CommandPath(command) + " --help`.";
  return {ErrorCode::kUsage, message, near.empty() ? help : near + " " + help};
}

shared::Error UnknownWord(const CLI::App& command, const std::string& word) {
  if (word.starts_with("-")) {
    const std::string flag = word.substr(0, word.find('='));
    return UsageError(command, "unknown flag \"" + flag + "\"", shared::DidYouMean(flag, FlagNames(command)));
  }
  if (Subcommands(command).empty())
    return UsageError(command, "\"" + CommandPath(command) + "\" takes no argument \"" + word + "\"", "");
  return UsageError(command, "unknown command \"" + word + "\"",
                    shared::DidYouMean(word, CommandNames(command)));
}

}  // namespace

shared::Error UsageErrorFor(const CLI::App& root, const CLI::App& last, const CLI::ParseError& error) {
  const std::vector<std::string> left = root.remaining(true);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !left.empty())
    return UnknownWord(last, left.front());
  std::string message = error.what();
  // "Could not convert", but not "RAYCLUSTER is required".
  if (message.size() > 1 && std::islower(static_cast<unsigned char>(message[1])) != 0)
    message[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(message[0])));
  return UsageError(last, message, "");
}

shared::Result<const CLI::App*> FindCommand(const CLI::App& root, const std::vector<std::string>& words) {
  const CLI::App* at = &root;
  for (const std::string& word : words) {
    const CLI::App* next = nullptr;
    for (const CLI::App* sub : Subcommands(*at))
      if (sub->check_name(word)) next = sub;
    if (next == nullptr) return shared::Unexpected(UnknownWord(*at, word));
    at = next;
  }
  return at;
}

}  // namespace kubectl_ray
