// Splits a command line into words as a POSIX shell would, without a shell.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/result.h"

namespace shared {

// Returns the value of an environment variable, or nothing if it is not set.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;

// Splits with the quoting of POSIX 2.2 ('…', "…", \x) and parameter expansion ($NAME, ${NAME},
// ${NAME:-word}). An expanded value is never split into words, and an unset variable is empty. Without
// `variables`, references stay as they are written. An unquoted JSON object at the start of a word or after
// its `=` is taken verbatim, although bash would split it.
//
// Fails with kUsage for everything that only a shell can do (operators, substitutions, a newline between
// words), a quote that is not closed, and a NUL byte. The error names the position and shows no text, which
// may hold a password.
Result<std::vector<std::string>> SplitShellWords(std::string_view text, const Variables& variables);

// Returns the text as one word of such a command line, in single quotes if it needs them.
std::string QuoteShellWord(std::string_view text);

}  // namespace shared
