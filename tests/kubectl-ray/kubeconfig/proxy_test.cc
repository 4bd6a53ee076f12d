#include "kubectl-ray/kubeconfig/proxy.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::ProxyFor;

namespace {

std::string Proxy(const std::string& url, const std::string& no_proxy) {
  return ProxyFor(url, [&](const std::string& name) -> std::optional<std::string> {
    if (name == "HTTPS_PROXY") return "http://proxy:3128";
    if (name == "NO_PROXY") return no_proxy;
    return std::nullopt;
  });
}

}  // namespace

TEST_CASE("NO_PROXY by Go's rules") {
  struct Row {
    const char* url;
    const char* no_proxy;
    bool proxied;
  };
  const Row rows[] = {
      {"https://a.example.com:6443/x", "", true},
      {"https://a.example.com", "example.com", false},
      {"https://a.example.com", ".example.com", false},
      {"https://example.com", ".example.com", true},
      {"https://example.com", "*.example.com", true},
      {"https://a.example.com", "EXAMPLE.com", false},
      {"https://aexample.com", "example.com", true},
      {"https://a.example.com", "x, example.com ,y", false},
      {"https://a.example.com:6443", "example.com:6443", false},
      {"https://a.example.com:6443", "example.com:443", true},
      {"https://a.example.com", "*", false},
      {"https://10.1.2.3:6443", "10.0.0.0/8", false},
      {"https://11.1.2.3:6443", "10.0.0.0/8", true},
      {"https://10.1.2.3", "10.1.2.3", false},
      {"https://[fd00::1]:6443", "fd00::/16", false},
      {"https://[fd00::1]:6443", "10.0.0.0/99,/,::/x", false},
      {"https://localhost:6443", "", false},
      {"https://127.0.0.2:6443", "", false},
      {"https://[::1]:6443", "", false},
      {"http://a.example.com", "", false},
  };
  for (const Row& row : rows) {
    INFO(row.url << " with " << row.no_proxy);
    CHECK(Proxy(row.url, row.no_proxy) == (row.proxied ? "http://proxy:3128" : ""));
  }
}
