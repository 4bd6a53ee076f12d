// A screen that is shown again and again.
#pragma once

#include <string>
#include <string_view>

namespace kubectl_ray {

// What writes `screen` over the one a terminal shows, without the flicker of an empty one in between. What is
// longer than the window of `height` rows is cut, since its top could not be reached again. Pure.
std::string Repaint(std::string_view screen, int height);

}  // namespace kubectl_ray
