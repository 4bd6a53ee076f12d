// The tag of an image. Pure.
#pragma once

#include <string>

namespace kubectl_ray {

// "2.52.0" of "registry:5000/ray:2.52.0". With a digest all from the tag on, as the official plugin has it;
// the image itself if it has no tag.
std::string ImageTag(const std::string& image);

}  // namespace kubectl_ray
