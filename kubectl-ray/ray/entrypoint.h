// A job's entrypoint: one string that Ray passes to `/bin/sh -c` on the driver's node.
#pragma once

#include <string>
#include <vector>

namespace kubectl_ray {

// Returns the POSIX shell command (IEEE Std 1003.1, 2.2 Quoting) that runs `argv` with exactly these bytes:
// no word is split, expanded or taken for an assignment or a reserved word. The result is UTF-8, since it is
// sent in JSON; bytes that are not UTF-8 are written by the shell's own printf.
std::string QuoteForShell(const std::vector<std::string>& argv);

// Returns an entrypoint for a line of a table: newlines are spaces, and what is longer than `width` bytes
// ends with "...", not inside a UTF-8 character.
std::string EntrypointInOneLine(std::string entrypoint, std::size_t width);

}  // namespace kubectl_ray
