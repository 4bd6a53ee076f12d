// Shows a screen again and again.
#pragma once

#include <string>
#include <string_view>

namespace kubectl_ray {

// Returns the bytes that write `screen` over the screen that a terminal shows, without the flicker of an
// empty one in between. Cuts off what is below the window's `height` rows, because otherwise the top would
// scroll out of reach. Pure.
std::string Repaint(std::string_view screen, int height);

}  // namespace kubectl_ray
