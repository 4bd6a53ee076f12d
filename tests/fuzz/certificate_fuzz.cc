// PEM texts of a kubeconfig or an exec plugin, and base64.
#include <cstdlib>

#include "kubectl-ray/kubeconfig/certificate.h"
#include "shared/base64.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)kubectl_ray::ExpiredAt(text);
  (void)kubectl_ray::WhyUnusable(text);
  (void)shared::Base64Decode(text);
  if (shared::Base64Decode(shared::Base64Encode(text)) != text) std::abort();
  return 0;
}
