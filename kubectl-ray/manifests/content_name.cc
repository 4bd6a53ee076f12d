#include "kubectl-ray/manifests/content_name.h"

#include <mbedtls/sha256.h>

#include <array>

namespace kubectl_ray {

std::string ContentName(std::string_view prefix, std::string_view content) {
  std::array<unsigned char, 32> digest{};
  mbedtls_sha256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data(),
                 /*is224=*/0);
  std::string name = std::string(prefix) + "-";
  for (std::size_t i = 0; i < 6; ++i)
    for (int shift : {4, 0}) name += "0123456789abcdef"[(digest[i] >> shift) & 0xf];
  return name;
}

}  // namespace kubectl_ray
