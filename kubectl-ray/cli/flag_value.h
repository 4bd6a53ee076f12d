// What a flag takes, and its value as Go's pflag reads it. Source: github.com/spf13/pflag v1.0.10 (bool.go,
// int32.go, float64.go) and Go's strconv below it, which kubectl and the official plugin use.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "shared/result.h"

namespace kubectl_ray {

// Whether the next word is the flag's value if none is attached: not for a boolean, and not for --dry-run,
// which means --dry-run=client.
bool TakesNextWord(const CLI::Option& option);

// Whether the flag may stand alone and has a value nonetheless: --dry-run[=string].
bool ValueIsOptional(const CLI::Option& option);

// Whether each value counts if the flag stands more than once; of any other flag the last one does.
bool IsList(const CLI::Option& option);

// `text` in the one spelling that CLI11 is given: "true" or "false" for a boolean (1, t, T, TRUE, True and
// their opposites are taken), decimal digits for a whole number (0x1f, 0b11, 0o17, 017 and 1_000 are taken),
// text as it is. kUsage names `flag` ("--replicas", "-r") and says what it must be.
shared::Result<std::string> ReadFlagValue(const CLI::Option& option, const std::string& flag,
                                          const std::string& text);

// For check(): the number is 0 or more.
CLI::Validator AtLeastZero();

// For transform(): the value is one of `values`, in any case of its letters, and becomes lower case. Help and
// completion show them.
CLI::Validator OneOf(std::vector<std::string> values);

}  // namespace kubectl_ray
