// The command line and the environment as one plain value: every flag has a variable.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/result.h"
#include "shared/shell_words.h"

namespace ray_init_agent {

// The subcommands, as bits so that a flag can belong to several.
enum Command : unsigned {
  kStart = 1,
  kRun = 2,
  kWaitGcs = 4,
  kHealth = 8,
  kInstall = 16,
};

enum class FlagKind {
  kText,
  kList,      // may be repeated; in the variable, one on each line
  kBool,      // --flag, --flag=false; in the variable true or false
  kDuration,  // 30s, 2m; 0: none
  kInteger,   // 0 and up
  kBytes,     // a number, or one with Ki, Mi, Gi or Ti; 0: none
  kChoice,
};

struct Flag {
  const char* name;      // without the dashes
  const char* variable;  // read if the flag is not given; a variable that is empty counts as not set
  FlagKind kind;
  unsigned commands;     // bits of Command
  const char* fallback;  // the default, or ""; of a kList, one on each line
  const char* value;     // the value's name in help: "FILE", or the choices as "a|b"
  const char* help;
};

// All flags, in the order of help.
std::span<const Flag> Flags();

// What one invocation asks for. The getters take names in Flags() only, and never fail, because
// ParseOptions() has checked every value.
class Options {
 public:
  Command command = kStart;
  std::vector<std::string> arguments;  // install's DIR, run's command

  // Whether the flag or its variable was given.
  bool Given(const std::string& name) const { return values_.contains(name); }
  std::string Text(const std::string& name) const;
  std::vector<std::string> List(const std::string& name) const;
  bool Bool(const std::string& name) const { return Text(name) == "true"; }
  std::chrono::milliseconds Duration(const std::string& name) const;
  std::int64_t Integer(const std::string& name) const;
  std::uint64_t Bytes(const std::string& name) const;

  void Set(const std::string& name, std::string value) { values_[name] = std::move(value); }

 private:
  std::map<std::string, std::string> values_;
};

// Parses argv and the environment. `arguments` is argv without the program: the subcommand, its flags
// (--flag=value or --flag value) and its arguments; after `--` everything is an argument. Fails with kUsage
// for what has no meaning; the error names the flag or the variable and the fix.
shared::Result<Options> ParseOptions(const std::vector<std::string>& arguments,
                                     const shared::Variables& environment);

// Returns what `ray-init-agent help` or `ray-init-agent COMMAND --help` prints; an unknown name gets the
// overview.
std::string HelpText(std::string_view command_name);

}  // namespace ray_init_agent
