// Small files, read whole.
#pragma once

#include <cstddef>
#include <string>

#include "shared/result.h"

namespace ray_init_agent {

// The file's bytes, or kNotFound, kAuth (no permission) or kInternal; kInternal too where it has more than
// `max_bytes`. Never waits for a pipe or a device.
shared::Result<std::string> ReadSmallFile(const std::string& path, std::size_t max_bytes = 1u << 20);

}  // namespace ray_init_agent
