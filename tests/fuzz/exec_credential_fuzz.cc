#include "kubectl-ray/kubeconfig/exec_credential.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  (void)!kubectl_ray::ParseExecCredential({reinterpret_cast<const char*>(data), size},
                                          "client.authentication.k8s.io/v1");
  return 0;
}
