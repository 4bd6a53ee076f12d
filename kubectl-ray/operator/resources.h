// The kinds of objects that KubeRay's operator is made of, besides those of kube/resource.h.
#pragma once

#include "kubectl-ray/kube/resource.h"

namespace kubectl_ray {

inline const Resource kDefinitions{"apiextensions.k8s.io", "v1", "customresourcedefinitions",
                                   "CustomResourceDefinition"};
inline const Resource kClusterRoles{"rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole"};
inline const Resource kClusterRoleBindings{"rbac.authorization.k8s.io", "v1", "clusterrolebindings",
                                           "ClusterRoleBinding"};
inline const Resource kRoles{"rbac.authorization.k8s.io", "v1", "roles", "Role"};
inline const Resource kRoleBindings{"rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"};
inline const Resource kServiceAccounts{"", "v1", "serviceaccounts", "ServiceAccount"};
inline const Resource kAccessReviews{"authorization.k8s.io", "v1", "selfsubjectaccessreviews",
                                     "SelfSubjectAccessReview"};
inline const Resource kValidatingWebhooks{"admissionregistration.k8s.io", "v1",
                                          "validatingwebhookconfigurations",
                                          "ValidatingWebhookConfiguration"};

}  // namespace kubectl_ray
