// A whole answer of an API server or a dashboard: status line, headers, chunks, gzip, a list's page.
#include "kubectl-ray/kube/client.h"
#include "tests/fuzz/preloaded_server.h"

using namespace kubectl_ray;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  shared::Interrupt interrupt;
  PreloadedServer server({std::string(reinterpret_cast<const char*>(data), size)}, &interrupt);
  ClusterAccess access;
  access.server = "http://server";
  access.http = server.Options();
  access.sign_in = [](const SignIn*) -> shared::Result<SignIn> { return SignIn{}; };
  const KubeClient kube(std::move(access), std::chrono::milliseconds(500));  // shorter than any Retry-After
  (void)!kube.List(kPods, "x", {}, [](const Json&) { return true; });
  return 0;
}
