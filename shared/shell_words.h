// A command line as a POSIX shell would cut it into words, without a shell.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/result.h"

namespace shared {

// The value of an environment variable, or nothing where it is not set.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;

// Quoting after POSIX 2.2 ('…', "…", \x) and parameter expansion ($NAME, ${NAME}, ${NAME:-word}); an expanded
// value is never cut into words, and an unset variable is empty. Without `variables` references stay as they
// are written. A JSON object that stands unquoted at the start of a word or after its `=` is taken verbatim,
// where bash would tear it to pieces.
// Refused with kUsage: everything only a shell can do (operators, substitutions, a newline between words), a
// quote that is not closed, a NUL byte. The error names the place and shows no text, which may hold a
// password.
Result<std::vector<std::string>> SplitShellWords(std::string_view text, const Variables& variables);

// The text as one word of such a command line: in single quotes where it needs them.
std::string QuoteShellWord(std::string_view text);

}  // namespace shared
