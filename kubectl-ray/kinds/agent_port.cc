#include "kubectl-ray/kinds/agent_port.h"

#include <algorithm>

#include "kubectl-ray/kinds/named_item.h"
#include "kubectl-ray/kinds/ports.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

constexpr std::string_view kFlag = "--health-port";

// The text that the last such flag of the words gives; nothing if there is none.
std::optional<std::string> GivenAsFlag(const Json& container) {
  std::optional<std::string> given;
  bool is_next = false;
  for (const char* list : {"command", "args"})
    if (const Json& words = At(container, {list}); words.is_array())
      for (const Json& word : words) {
        const std::string text = word.is_string() ? word.get<std::string>() : "";
        if (is_next) given = text;
        is_next = text == kFlag;
        if (text.starts_with(kFlag) && text.substr(kFlag.size()).starts_with('='))
          given = text.substr(kFlag.size() + 1);
      }
  return given;
}

}  // namespace

int AgentPort(const Json& container) {
  if (const std::optional<std::string> given = GivenAsFlag(container)) return ParsePort(*given).value_or(0);
  return ParsePort(VariableOf(container, kAgentPortVariable)).value_or(0);
}

void DeclareAgentPort(Json* container) {
  const int number = AgentPort(*container);
  const Json& declared = At(*container, {"ports"});
  if (number == 0 || !declared.is_array() || declared.empty()) return;
  const bool is_there = std::any_of(declared.begin(), declared.end(), [&](const Json& port) {
    return StringAt(port, {"name"}) == kAgentPortName || shared::IntAt(port, {"containerPort"}) == number;
  });
  if (!is_there) (*container)["ports"].push_back({{"containerPort", number}, {"name", kAgentPortName}});
}

}  // namespace kubectl_ray
