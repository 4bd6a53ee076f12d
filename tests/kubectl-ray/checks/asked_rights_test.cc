#include "kubectl-ray/checks/asked_rights.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

TEST_CASE("doctor asks each right once, as the table of commands has it", "[checks]") {
  std::string text;
  for (const AskedRight& right : RightsToAsk())
    text += right.verb + " " + right.group + "/" + right.resource + " " + right.needed_for + "\n";
  CHECK(text ==
        "list ray.io/rayclusters to look at clusters of the operator\n"
        "create ray.io/rayclusters to make clusters of the operator\n"
        "delete ray.io/rayclusters to delete clusters of the operator\n"
        "list apps/deployments to look at clusters without the operator\n"
        "create apps/deployments to make clusters without the operator\n"
        "delete apps/deployments to delete clusters without the operator\n"
        "list /pods to find a cluster's head\n"
        "watch /pods to wait for a cluster\n"
        "get /pods/log to print logs\n"
        "get /pods/exec to run commands in a cluster\n"
        "create /pods/exec to run commands in a cluster\n"
        "get /pods/portforward for jobs and sessions\n"
        "create /pods/portforward for jobs and sessions\n"
        "list /events to say why pods do not come\n");
}
