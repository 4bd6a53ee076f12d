#include "kubectl-ray/checks/asked_rights.h"

#include <algorithm>
#include <string_view>

#include "kubectl-ray/rights/command_rights.h"

namespace kubectl_ray {
namespace {

constexpr const char* kEvery = "";

// A right of a command, and the clause for who lacks it.
constexpr struct {
  const char *command, *resource, *verb, *needed_for;
} kUses[] = {
    {"get cluster", "rayclusters", "list", "to look at clusters of the operator"},
    {"create cluster", "rayclusters", "create", "to make clusters of the operator"},
    {"delete", "rayclusters", "delete", "to delete clusters of the operator"},
    {"get cluster", "deployments", "list", "to look at clusters without the operator"},
    {"create cluster", "deployments", "create", "to make clusters without the operator"},
    {"delete", "deployments", "delete", "to delete clusters without the operator"},
    {"status", "pods", "list", "to find a cluster's head"},
    {"create cluster", "pods", "watch", "to wait for a cluster"},
    {"logs", "pods/log", kEvery, "to print logs"},
    {"exec", "pods/exec", kEvery, "to run commands in a cluster"},
    {"session", "pods/portforward", kEvery, "for jobs and sessions"},
    {"status", "events", "list", "to say why pods do not come"},
};

}  // namespace

std::vector<AskedRight> RightsToAsk() {
  std::vector<AskedRight> asked;
  const auto is_asked = [&](const std::string& verb, const NeededRight& right) {
    return std::any_of(asked.begin(), asked.end(), [&](const AskedRight& one) {
      return one.verb == verb && one.group == right.group && one.resource == right.resource;
    });
  };
  for (const auto& use : kUses)
    for (const NeededRight& right : *NeededRights(use.command)) {
      if (right.resource != use.resource) continue;
      for (const std::string& verb : right.verbs)
        if ((std::string_view(use.verb) == kEvery || verb == use.verb) && !is_asked(verb, right))
          asked.push_back({verb, right.group, right.resource, use.needed_for});
    }
  return asked;
}

}  // namespace kubectl_ray
