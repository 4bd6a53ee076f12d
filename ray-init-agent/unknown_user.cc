#include "ray-init-agent/unknown_user.h"

#include <unistd.h>

#include <algorithm>

#include "ray-init-agent/files.h"
#include "ray-init-agent/note.h"

namespace ray_init_agent {
namespace {

// Returns whether a line of the text is of this user: NAME:PASSWORD:UID:...
bool HasUser(std::string_view passwd, std::uint32_t uid) {
  const std::string id = std::to_string(uid);
  while (!passwd.empty()) {
    std::string_view line = passwd.substr(0, passwd.find('\n'));
    passwd.remove_prefix(std::min(line.size() + 1, passwd.size()));
    const std::size_t password = line.find(':');
    const std::size_t begin = password == line.npos ? line.npos : line.find(':', password + 1);
    if (begin == line.npos) continue;
    line.remove_prefix(begin + 1);
    if (line.substr(0, line.find(':')) == id) return true;
  }
  return false;
}

void Set(std::vector<std::string>* environment, const std::string& variable) {
  const std::string name = variable.substr(0, variable.find('=') + 1);
  std::erase_if(*environment, [&](const std::string& entry) { return entry.starts_with(name); });
  environment->push_back(variable);
}

}  // namespace

std::vector<std::string> VariablesForUser(const shared::Variables& environment, std::uint32_t uid,
                                          std::string_view passwd,
                                          const std::function<bool(const std::string&)>& is_writable) {
  std::vector<std::string> variables;
  const std::string home = environment("HOME").value_or("");
  if ((home.empty() || !is_writable(home)) && is_writable("/tmp")) {
    variables.push_back("HOME=/tmp");
    if (!home.empty() && !environment("PYTHONUSERBASE"))
      variables.push_back("PYTHONUSERBASE=" + (home == "/" ? "" : home) + "/.local");
  }
  if (!HasUser(passwd, uid) && !environment("USER") && !environment("LOGNAME"))
    variables.push_back("USER=ray");
  return variables;
}

void CompleteUser(const shared::Variables& variables, std::vector<std::string>* environment) {
  const std::string passwd = ReadSmallFile("/etc/passwd").value_or("");
  const auto is_writable = [](const std::string& path) { return access(path.c_str(), W_OK | X_OK) == 0; };
  for (const std::string& variable : VariablesForUser(variables, geteuid(), passwd, is_writable)) {
    if (variable == "HOME=/tmp")
      Note("the home directory \"" + variables("HOME").value_or("") +
           "\" cannot be written to; Ray gets /tmp instead");
    Set(environment, variable);
  }
}

}  // namespace ray_init_agent
