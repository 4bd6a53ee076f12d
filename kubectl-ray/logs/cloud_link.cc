#include "kubectl-ray/logs/cloud_link.h"

#include "shared/url.h"

namespace kubectl_ray {

CloudLink GkeLink(const LogOptions& options, const std::string& context) {
  std::string query = "resource.type=\"k8s_container\"\nresource.labels.namespace_name=\"" + options.ns +
                      "\"\nlabels.\"k8s-pod/ray_io/cluster\"=\"" + options.cluster + "\"\n";
  query += options.node_type.empty() ? "labels.\"k8s-pod/ray_io/is-ray-node\"=\"yes\""
                                     : "labels.\"k8s-pod/ray_io/node-type\"=\"" + options.node_type + "\"";
  CloudLink link{"https://console.cloud.google.com/logs/query;query=" + shared::UrlEncode(query), ""};
  if (!context.starts_with("gke_")) {
    link.warning =
        "Warning: The current kubectl context does not appear to be a GKE cluster. The generated link may "
        "not "
        "work.";
    return link;
  }
  const std::string rest = context.substr(4);
  link.url += "?project=" + shared::UrlEncode(rest.substr(0, rest.find('_')));
  return link;
}

}  // namespace kubectl_ray
