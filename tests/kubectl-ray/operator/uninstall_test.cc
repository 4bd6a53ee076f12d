#include "kubectl-ray/operator/uninstall.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/kinds/ray_resources.h"

using namespace kubectl_ray;

namespace {

std::string Names(bool alone) {
  OperatorSetup setup;
  setup.release = *FindOperatorRelease("1.6.2");
  setup.ns = "ray";
  setup.make_namespace = true;
  std::string names;
  for (const OperatorObject& object : LeavingObjects(*OperatorObjects(setup), alone))
    names += ObjectName(object.object) + "\n";
  return names;
}

}  // namespace

TEST_CASE("the Deployment goes first, and neither the namespace nor definitions go") {
  const std::string own =
      "deployment.apps/kuberay-operator\n"
      "service/kuberay-operator\n"
      "serviceaccount/kuberay-operator\n"
      "rolebinding.rbac.authorization.k8s.io/kuberay-operator-leader-election\n"
      "role.rbac.authorization.k8s.io/kuberay-operator-leader-election\n";
  CHECK(Names(false) == own);
  CHECK(Names(true) == own +
                           "clusterrolebinding.rbac.authorization.k8s.io/kuberay-operator\n"
                           "clusterrole.rbac.authorization.k8s.io/kuberay-operator\n"
                           "clusterrole.rbac.authorization.k8s.io/ray-editor\n"
                           "clusterrole.rbac.authorization.k8s.io/ray-viewer\n");
}

TEST_CASE("objects are counted by kind, owners first") {
  RayObjects objects;
  CHECK(objects.Count() == "no objects");
  for (const char* name : {"a", "b"}) objects.objects.push_back({kRayClusters, "ns", name, name});
  CHECK(objects.Count() == "2 rayclusters");
  objects.objects.push_back({kRayJobs, "ns", "j", "j"});
  CHECK(objects.Count() == "1 rayjob, 2 rayclusters");
}
