// Where a session listens: --address, as `kubectl port-forward` reads it (staging/src/k8s.io/client-go/tools/
// portforward/portforward.go, parseAddresses). Pure.
#pragma once

#include <string>
#include <vector>

#include "shared/result.h"

namespace kubectl_ray {

// Returns the IP addresses that are meant, each once: "localhost" is 127.0.0.1 and ::1, and so is no value at
// all. A value may be a list with commas. An address that another one contains (0.0.0.0, ::) is left out.
// kUsage: a value is neither an IP address nor localhost.
shared::Result<std::vector<std::string>> ParseListenAddresses(const std::vector<std::string>& values);

// Returns those of the addresses that other machines may reach.
std::vector<std::string> OpenToOthers(const std::vector<std::string>& addresses);

// Returns the host of a URL that leads to them from this machine: localhost if it does, else the first
// address. `addresses` are from ParseListenAddresses().
std::string UrlHost(const std::vector<std::string>& addresses);

}  // namespace kubectl_ray
