// What is wrong with a command line, in this program's words instead of the parser's.
#pragma once

#include <CLI/CLI.hpp>

#include "shared/result.h"

namespace kubectl_ray {

// "See `kubectl ray job submit --help`.": the hint of every usage error.
std::string SeeHelp(const CLI::App& command);

// `word` is no flag, command or argument of `command`: a usage error that names the near one if there is one.
shared::Error UnknownWord(const CLI::App& command, const std::string& word);

// What CLI11 says of the words it was given for `command`, as a usage error.
shared::Error UsageErrorFor(const CLI::App& command, const CLI::ParseError& error);

// `kubectl ray help` with the words that follow it: their command, or a usage error for a word that is none.
shared::Result<const CLI::App*> FindCommand(const CLI::App& root, const std::vector<std::string>& words);

}  // namespace kubectl_ray
