// Reads small files whole.
#pragma once

#include <cstddef>
#include <string>

#include "shared/result.h"

namespace ray_init_agent {

// Returns the file's bytes. Fails with kNotFound, kAuth (no permission) or kInternal, which is also the error
// for a file of more than `max_bytes`. Never waits for a pipe or a device.
shared::Result<std::string> ReadSmallFile(const std::string& path, std::size_t max_bytes = 1u << 20);

}  // namespace ray_init_agent
