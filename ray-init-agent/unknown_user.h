// What a user lacks whom the image does not know: OpenShift runs a namespace's pods under user ids of its
// own, in the group 0.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/shell_words.h"

namespace ray_init_agent {

// Returns variables ("NAME=value") that Ray's process is to have:
// - HOME=/tmp if the home directory cannot be written to and /tmp can, because Ray's runtime environments and
// libraries
//   keep files there (pip, ~/.cache). PYTHONUSERBASE then names the old home, so that what the image has in
//   ~/.local is still found.
// - USER=ray if `passwd`, the text of /etc/passwd, does not have the user, because Python's getpass.getuser()
//   fails without either.
// A variable that is set otherwise is not in it.
std::vector<std::string> VariablesForUser(const shared::Variables& environment, std::uint32_t uid,
                                          std::string_view passwd,
                                          const std::function<bool(const std::string&)>& is_writable);

// Sets the variables of this process's own user in `environment`, which has all that Ray gets.
void CompleteUser(const shared::Variables& variables, std::vector<std::string>* environment);

}  // namespace ray_init_agent
