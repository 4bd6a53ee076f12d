#include "kubectl-ray/cli/parse_error.h"

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

// What kubectl calls "rayjobs", commands here call "job".
std::string PlainWord(const CLI::App& command, const std::string& word) {
  if (!word.starts_with("ray") || word.size() < 5) return word;
  for (const CLI::App* sub : Subcommands(command))
    if (sub->check_name(word.substr(3)) || sub->check_name(word.substr(3, word.size() - 4)))
      return sub->get_name();
  return word;
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
  return {ErrorCode::kUsage, message, near.empty() ? SeeHelp(command) : near + " " + SeeHelp(command)};
}

// CLI11 writes "Could not convert: --replicas = 99999999999" of a number that its variable cannot hold.
std::string OutOfRange(const std::string& text) {
  const std::size_t name = text.find(": ") + 2, value = text.rfind(" = ");
  if (name < 2 || value == text.npos || value < name) return text;
  return text.substr(name, value - name) + " must be a number within its range, not \"" +
         text.substr(value + 3) + "\"";
}

// "--node-type: must be ..." of a validator.
std::string Invalid(std::string text) {
  if (const std::size_t colon = text.find(": "); colon != text.npos) text.erase(colon, 1);
  return text;
}

}  // namespace

std::string SeeHelp(const CLI::App& command) { return "See `" + CommandPath(command) + " --help`."; }

shared::Error UnknownWord(const CLI::App& command, const std::string& word) {
  if (word.starts_with("-")) {
    const std::string flag = word.substr(0, word.find('=', 2));
    return UsageError(command, "unknown flag \"" + flag + "\"", shared::DidYouMean(flag, FlagNames(command)));
  }
  if (Subcommands(command).empty())
    return UsageError(command, "\"" + CommandPath(command) + "\" takes no argument \"" + word + "\"", "");
  return UsageError(command, "unknown command \"" + word + "\"",
                    shared::DidYouMean(PlainWord(command, word), CommandNames(command)));
}

shared::Error UsageErrorFor(const CLI::App& command, const CLI::ParseError& error) {
  const std::string message = error.what();
  if (error.get_name() == "ConversionError") return UsageError(command, OutOfRange(message), "");
  if (error.get_name() == "ValidationError") return UsageError(command, Invalid(message), "");
  return UsageError(command, message, "");
}

shared::Result<const CLI::App*> FindCommand(const CLI::App& root, const std::vector<std::string>& words) {
  const CLI::App* at = &root;
  for (const std::string& word : words) {
    const CLI::App* next = nullptr;
    for (const CLI::App* sub : at->get_subcommands([](const CLI::App*) { return true; }))
      if (sub->check_name(word)) next = sub;
    if (next == nullptr) return shared::Unexpected(UnknownWord(*at, word));
    at = next;
  }
  return at;
}

}  // namespace kubectl_ray
