// What is wrong with a command line, in this program's words instead of the parser's.
#pragma once

#include <CLI/CLI.hpp>

#include "shared/result.h"

namespace kubectl_ray {

// `last` is the command that the line had reached. The error is a usage error that names the wrong word, the
// near one where there is one, and the help that tells more.
shared::Error UsageErrorFor(const CLI::App& root, const CLI::App& last, const CLI::ParseError& error);

// `kubectl ray help` with the words behind it: their command, or a usage error for a word that is none.
shared::Result<const CLI::App*> FindCommand(const CLI::App& root, const std::vector<std::string>& words);

}  // namespace kubectl_ray
