// What Kubernetes' Pod Security levels ask of the containers that we make. Pure.
#pragma once

#include <string_view>

#include "shared/json.h"

namespace kubectl_ray {

// The levels of the Pod Security Standards, and how far our containers go to meet them.
enum class PodSecurity {
  kAuto,        // not decided yet: see ChoosePodSecurity()
  kRestricted,  // all that `restricted` asks for
  kBaseline,    // the runtime's seccomp profile alone: root and sudo work
  kPrivileged,  // nothing: the image and the cluster decide
};

// Returns the level for a word of --pod-security. REQUIRES: it is one of auto, restricted, baseline,
// privileged.
PodSecurity ParsePodSecurity(std::string_view word);

// Returns whether the image is one of the Ray project's own, under any registry (rayproject/ray:2.60.0,
// mirror.example.com/rayproject/ray-ml). Those run as uid 1000, which they name by its number, as
// runAsNonRoot wants it (Ray, docker/base-deps/Dockerfile).
bool IsRaysOwnImage(std::string_view image);

// Decides kAuto and leaves the others: kRestricted for Ray's own images, which are known not to run as root,
// and where the namespace lets in nothing else; kPrivileged for another image, which may need root.
PodSecurity ChoosePodSecurity(PodSecurity asked, std::string_view image, bool namespace_is_restricted);

// Returns whether a Namespace enforces the level `restricted`, by its label
// pod-security.kubernetes.io/enforce.
bool EnforcesRestricted(const shared::Json& ns);

// Returns the securityContext of a container, or null for a level that asks for nothing. It names no user:
// OpenShift gives each namespace user ids of its own and refuses others. Source:
// k8s.io/pod-security-admission policy/check_*.go. REQUIRES: not kAuto.
shared::Json SecurityContext(PodSecurity level);

// Takes those of our settings out of the containers of a PodSpec that contradict what the user asked for, as
// the API server or the kubelet would refuse both together: runAsNonRoot beside the user 0, and
// allowPrivilegeEscalation: false beside `privileged` or the capability SYS_ADMIN.
void DropContradictions(shared::Json& pod_spec);

}  // namespace kubectl_ray
