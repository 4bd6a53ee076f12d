#include "kubectl-ray/logs/tar_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  kubectl_ray::TarReader reader({.on_entry = [](const kubectl_ray::TarEntry&) { return shared::Ok(); },
                                 .on_data = [](std::string_view) { return shared::Ok(); },
                                 .on_end = [] { return shared::Ok(); }});
  const std::string_view archive(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = data[0] + std::size_t{1};
  for (std::size_t i = 0; i < archive.size(); i += piece)
    if (!reader.Take(archive.substr(i, piece))) break;
  return 0;
}
