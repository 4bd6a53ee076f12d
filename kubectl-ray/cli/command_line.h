// The command line as kubectl and the official plugin read it: the one place that knows what a word of argv
// is. Sources: github.com/spf13/pflag v1.0.10 (flag.go: parseLongArg, parseSingleShortArg, parseArgs) for
// flags, github.com/spf13/cobra (command.go: Find, stripFlags) for the command's own words.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "shared/result.h"

namespace kubectl_ray {

// A flag as it stands on the line.
struct GivenFlag {
  const CLI::App* owner = nullptr;  // the command that has it: the one chosen, or one above it
  const CLI::Option* option = nullptr;
  std::string name;                  // as typed: "--output", "-o"
  std::optional<std::string> value;  // as ReadFlagValue() reads it; none for --dry-run alone

  bool operator==(const GivenFlag&) const = default;
};

struct CommandLine {
  const CLI::App* command = nullptr;  // the last one named; the root if none is
  std::vector<GivenFlag> flags;       // in the line's order
  std::vector<std::string> arguments;
  // All after `--`, byte for byte; none if there is no `--`.
  std::optional<std::vector<std::string>> program;
  // The flag that ends the line without the value it takes, as typed; its value is the word that a shell
  // completes.
  std::optional<GivenFlag> awaiting;
};

// `words`: argv without the program's name. A command's flags may stand before its name too. kUsage: an
// unknown flag (with the near one), a value that its flag does not take. Does not judge what is missing or
// too much. Pure; the pointers are into `root`.
shared::Result<CommandLine> ReadCommandLine(const CLI::App& root, const std::vector<std::string>& words);

// The command that ReadCommandLine() finds, also if it returns an error: the root if none is named.
const CLI::App& NamedCommand(const CLI::App& root, const std::vector<std::string>& words);

// What CLI11 has to be given to take `line` as it was read, in the order in which it takes words: each flag's
// value as a word of its own, the last one alone if the flag is no list. kUsage: an argument the command does
// not take, a flag that awaits its value. `line.program` is not among them.
shared::Result<std::vector<std::string>> WordsForParser(const CommandLine& line);

}  // namespace kubectl_ray
