// A kubeconfig file, read, merged with itself, and judged; no plugin of it is run.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "kubectl-ray/kubeconfig/kubeconfig.h"

using namespace kubectl_ray;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const int fd = memfd_create("kubeconfig", MFD_CLOEXEC);
  if (fd < 0 || write(fd, data, size) != static_cast<ssize_t>(size)) std::abort();
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  const auto environment = [&](const std::string& name) {
    return name == "KUBECONFIG" ? std::optional(path + ":" + path) : std::nullopt;
  };
  const auto names = ReadKubeconfigNames({}, environment);
  const auto access = LoadClusterAccess({}, environment, nullptr);
  if (access && access->ns.empty()) std::abort();
  if (access && !names) std::abort();
  if (names)
    for (const std::string& context : names->contexts) {
      KubeconfigFlags flags;
      flags.context = context;
      (void)LoadClusterAccess(flags, environment, nullptr);
    }
  close(fd);
  return 0;
}
