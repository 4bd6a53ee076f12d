#include <cstdlib>

#include "kubectl-ray/kube/api_error.h"
#include "kubectl-ray/kube/exec_stream.h"
#include "kubectl-ray/kube/warning_header.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto info = kubectl_ray::DescribeRequest("GET", text);
  (void)kubectl_ray::ToString(info);
  for (int status : {400, 403, 404, 422, 500}) (void)kubectl_ray::ErrorFromResponse(info, {status, {}, text});
  (void)!kubectl_ray::ReadExecStatus(text);
  for (const std::string& warning : kubectl_ray::ParseWarningHeader(text))
    if (warning.size() > size) std::abort();
  return 0;
}
