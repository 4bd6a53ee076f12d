// The Services by which clients knew a head: a second one beside KubeRay's CLUSTER-head-svc, with the old
// name. Pure.
#pragma once

#include <string>

#include "kubectl-ray/convert/note_list.h"
#include "kubectl-ray/convert/tree.h"

namespace kubectl_ray {

// Whether a Service's selector matches these labels.
bool Selects(const Tree& service, const Tree* labels);

// Has the Service select the head of the cluster instead of what it selected, and removes ports that Ray no
// longer has. It is not headless, because old clients read NAME_SERVICE_HOST.
void PointAtHead(Tree* service, const std::string& cluster, NoteList* notes);

// Returns a Service NAME with the ports client, dashboard and ray-serve, as the Python operator made it.
// `more` are ports of the user's that replace or join these by name, or null.
Tree OldHeadService(const std::string& name, const std::string& ns, const std::string& cluster,
                    const Tree* more);

}  // namespace kubectl_ray
