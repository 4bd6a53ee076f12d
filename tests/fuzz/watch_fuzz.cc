// What an API server sends in a watch, after a list that was good.
#include "kubectl-ray/kube/client.h"
#include "tests/fuzz/preloaded_server.h"

using namespace kubectl_ray;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string list =
      R"({"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"uid":"a","name":"a"}}]})";
  shared::Interrupt interrupt;
  PreloadedServer server({"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + list,
                          "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" +
                              std::string(reinterpret_cast<const char*>(data), size)},
                         &interrupt);
  ClusterAccess access;
  access.server = "http://server";
  access.http = server.Options();
  access.sign_in = [](const SignIn*) -> shared::Result<SignIn> { return SignIn{}; };
  const KubeClient kube(std::move(access), std::chrono::seconds(5));
  (void)kube.Watch(kPods, "x", {}, shared::Deadline::After(std::chrono::seconds(5)),
                   [](const WatchEvent&) { return true; });
  return 0;
}
