// What one node of a group has, as Ray's autoscaler counts it: resources and labels. Pure.
#pragma once

#include "kubectl-ray/ray/node_labels.h"
#include "kubectl-ray/ray/resource_shape.h"
#include "shared/json.h"

namespace kubectl_ray {

// `group` is spec.headGroupSpec or a member of spec.workerGroupSpecs of a RayCluster: its `resources`, else
// its rayStartParams, else the limits, else the requests of Ray's container. Amounts are rounded up to whole
// ones. Source: _get_ray_resources_from_group_spec in ray/autoscaler/_private/kuberay/autoscaling_config.py
// (2.60).
ResourceShape ShapeOfGroup(const shared::Json& group);

// Returns the labels that Ray's autoscaler v2 knows of the group's nodes before there are any: `labels`, and
// none of rayStartParams. Source: _get_labels_from_group_spec there (2.54, 2.60).
NodeLabels DeclaredLabels(const shared::Json& group);
// Returns the labels that rayStartParams give the group's nodes: "zone=a,tier=gold" or JSON.
NodeLabels StartedLabels(const shared::Json& group);

// Returns whether the name is of a resource that Ray gives to nodes by itself, so that a group's spec cannot
// say whether its nodes have it: `node:ADDRESS`, `accelerator_type:NAME`.
bool IsGivenByRay(const std::string& resource);

// Returns what the shape asks for and the node lacks, with the amounts asked for; empty if it fits.
ResourceShape LackOf(const ResourceShape& asked, const ResourceShape& node);

}  // namespace kubectl_ray
