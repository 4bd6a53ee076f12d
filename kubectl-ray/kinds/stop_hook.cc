#include "kubectl-ray/kinds/stop_hook.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool RunsRayStop(const Json& command) {
  std::string words;
  if (command.is_array())
    for (const Json& word : command)
      if (word.is_string()) words += word.get<std::string>() + " ";
  constexpr std::string_view kCommand = "ray stop";
  for (std::size_t at = words.find(kCommand); at != words.npos; at = words.find(kCommand, at + 1)) {
    const bool begins = at == 0 || !IsWordCharacter(words[at - 1]);
    if (begins && !IsWordCharacter(words[at + kCommand.size()]))
      return true;  // the last character is a space
  }
  return false;
}

void AddHooks(const std::string& group, const Json& pod_template, std::vector<std::string>* hooks) {
  for (const Json& container : At(pod_template, {"spec", "containers"}))
    if (StopsRay(container))
      hooks->push_back("the preStop hook of container \"" + StringAt(container, {"name"}) + "\" of " + group +
                       " runs `ray stop`, which ends Ray before its pod can be drained: take it out");
}

}  // namespace

bool StopsRay(const Json& container) {
  return RunsRayStop(At(container, {"lifecycle", "preStop", "exec", "command"}));
}

std::vector<std::string> StopHooks(const Json& spec) {
  std::vector<std::string> hooks;
  AddHooks("the head", At(spec, {"headGroupSpec", "template"}), &hooks);
  for (const Json& group : At(spec, {"workerGroupSpecs"}))
    AddHooks("worker group \"" + StringAt(group, {"groupName"}) + "\"", At(group, {"template"}), &hooks);
  return hooks;
}

}  // namespace kubectl_ray
