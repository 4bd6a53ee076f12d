// A leaf command as its function declares it: flags and arguments, where their values are completed from,
// what its help says, and its body.
#pragma once

#include <CLI/CLI.hpp>
#include <any>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/cli/names.h"
#include "shared/result.h"

namespace kubectl_ray {

// Runs the command; its exit code, or the error to print.
using CommandBody = std::function<shared::Result<int>(CommandContext&)>;

// Something that users want to do, and the lines they type for it.
struct Example {
  std::string what;
  std::vector<std::string> lines;
};

// Everything here keeps pointers into the value of Flags(), so that a leaf stays where it was made.
class Leaf {
 public:
  // `app` must outlive it.
  explicit Leaf(CLI::App* app) : app_(app) {}
  Leaf(const Leaf&) = delete;
  Leaf& operator=(const Leaf&) = delete;

  // Makes the value that the command line is read into, at its defaults. REQUIRES: called once.
  template <typename T>
  T& Flags() {
    return flags_.emplace<T>();
  }

  // What stands on the command line without dashes. `names` complete it; kNoNames: it is new, or no object.
  // Optional unless ->required(). A list takes all that follows.
  template <typename T>
  CLI::Option* Argument(const std::string& name, T* value, const std::string& help, Names names) {
    CLI::Option* option = app_->add_option(name, *value, help);
    if (names) names_[option] = std::move(names);
    return option;
  }

  // "-o,--output". A bool is true if the flag is there; a list grows with each time it is given, by one
  // value.
  template <typename T>
  CLI::Option* Flag(const std::string& dashed, T* value, const std::string& help, Names names = kNoNames) {
    CLI::Option* option = nullptr;
    if constexpr (std::is_same_v<T, bool>)
      option = app_->add_flag(dashed, *value, help);
    else
      option = app_->add_option(dashed, *value, help);
    if constexpr (std::is_same_v<T, std::vector<std::string>>) option->allow_extra_args(false);
    if (!flag_group_.empty()) option->group(flag_group_);
    if (names) names_[option] = std::move(names);
    return option;
  }

  // The flags that are declared from here on stand below this title of the help; empty: among the others.
  void FlagGroup(std::string title) { flag_group_ = std::move(title); }

  // Completes an argument or a flag with what is on this machine.
  void CompleteWith(const CLI::Option* option, LocalNames names) { local_names_[option] = std::move(names); }

  // Completes a flag that takes a file or one of these words.
  void CompleteFilesOr(const CLI::Option* option, std::vector<std::string> words) {
    beside_files_[option] = std::move(words);
  }

  // A paragraph of the help, above the examples.
  void Note(std::string paragraph) { notes_.push_back(std::move(paragraph)); }
  // Each leaf has one at least. Its command lines have to parse.
  template <typename... Lines>
  void Example(std::string what, Lines... lines) {
    examples_.push_back({std::move(what), {std::string(std::move(lines))...}});
  }
  // The help lists these codes, in the words of kExitCodes.
  void ExitCodes(std::vector<ExitCode> codes) { exit_codes_ = std::move(codes); }
  // The one argument of the command may also stand as several words, which `join` makes one.
  void JoinArguments(std::vector<std::string> (*join)(std::vector<std::string> words)) { join_ = join; }
  // A program may stand after `--`: the body finds it in the context.
  void TakesProgram() { takes_program_ = true; }
  void Run(CommandBody body) { body_ = std::move(body); }

  // For what CLI11 alone has: a flag whose value may be left out, the command above.
  CLI::App& app() { return *app_; }

  const std::vector<kubectl_ray::Example>& examples() const { return examples_; }
  const std::vector<std::string>& notes() const { return notes_; }
  const std::vector<ExitCode>& exit_codes() const { return exit_codes_; }
  bool takes_program() const { return takes_program_; }
  // nullptr: none
  std::vector<std::string> (*joins_arguments() const)(std::vector<std::string> words) { return join_; }
  const CommandBody& body() const { return body_; }
  // Empty functions for an option that has none.
  Names names_of(const CLI::Option* option) const;
  LocalNames local_names_of(const CLI::Option* option) const;
  std::vector<std::string> words_beside_files(const CLI::Option* option) const;
  // The value of Flags(), or nullptr if it is of another type.
  template <typename T>
  const T* flags() const {
    return std::any_cast<T>(&flags_);
  }

 private:
  CLI::App* app_;
  std::any flags_;
  std::string flag_group_;
  std::map<const CLI::Option*, Names> names_;
  std::map<const CLI::Option*, LocalNames> local_names_;
  std::vector<kubectl_ray::Example> examples_;
  std::vector<std::string> notes_;
  std::vector<ExitCode> exit_codes_;
  bool takes_program_ = false;
  CommandBody body_;
  std::map<const CLI::Option*, std::vector<std::string>> beside_files_;
  std::vector<std::string> (*join_)(std::vector<std::string> words) = nullptr;
};

}  // namespace kubectl_ray
