// Carrying out a plan for a cluster's file.
#pragma once

#include <chrono>
#include <string>

#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/launcher/launch_plan.h"
#include "shared/interrupt.h"

namespace kubectl_ray {

// Applies the objects in order, gives the cluster those that go with it, and deletes the pods and Deployments
// that the plan says. Prints on io.out a line for each object that was sent. Blocks for requests alone. If a
// request fails, what was applied before stays: the next `up` goes on from there.
shared::Status ApplyLaunch(const KubeClient& kube, const LaunchPlan& plan, Streams& io);

// Blocks until the cluster's pods are those of the plan and ready, and shows on io.err what it waits for and
// what the setup steps of new pods say. Errors: those of WaitReady(); kUnavailable as soon as a setup step
// has failed.
shared::Status WaitForLaunch(const KubeClient& kube, const LaunchPlan& plan,
                             std::chrono::milliseconds timeout, Streams& io);

// Deletes the cluster's Secrets with files and commands that neither the plan nor a pod has any longer. To
// call once the pods are those of the plan. Without the right to it, they stay until the cluster goes.
shared::Status RemoveOldSecrets(const KubeClient& kube, const LaunchPlan& plan);

}  // namespace kubectl_ray
