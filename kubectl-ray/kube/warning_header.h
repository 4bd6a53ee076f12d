// What an API server says beside its answer: an unknown field, a deprecated version, a pod that a policy
// would refuse. Source: RFC 7234, 5.5, and ParseWarningHeader in k8s.io/apimachinery/pkg/util/net/http.go.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kubectl_ray {

// The texts of one Warning header, in order: those of code 299, which is what an API server sends. Reading
// ends where the header is not well-formed. Untrusted text: not yet escaped for a terminal.
std::vector<std::string> ParseWarningHeader(std::string_view header);

}  // namespace kubectl_ray
