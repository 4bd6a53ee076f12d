#include "kubectl-ray/formats/image_tag.h"

namespace kubectl_ray {

std::string ImageTag(const std::string& image) {
  const std::size_t slash = image.rfind('/', image.find('@'));
  const std::size_t colon = image.find(':', slash == std::string::npos ? 0 : slash);
  const bool tagged = colon != std::string::npos && colon < image.find('@');
  return tagged ? image.substr(colon + 1) : image;
}

}  // namespace kubectl_ray
