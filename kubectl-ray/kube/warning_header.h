// What an API server says besides its answer: an unknown field, a deprecated version, a pod that a policy
// would refuse. Source: RFC 7234, 5.5, and ParseWarningHeader in k8s.io/apimachinery/pkg/util/net/http.go.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kubectl_ray {

// Returns the texts of one Warning header that have code 299, which is what an API server sends, in order.
// Reading ends at the first part that is not well-formed. The texts are untrusted and not yet escaped for a
// terminal.
std::vector<std::string> ParseWarningHeader(std::string_view header);

}  // namespace kubectl_ray
