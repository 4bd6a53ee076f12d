// Finds which Ray this image has, without running Python.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared/ray_release.h"
#include "shared/shell_words.h"

namespace ray_init_agent {

// Returns the version in the installed package's metadata (ray-*.dist-info/METADATA, else ray/_version.py),
// or nothing if there is no such package. `program` is `ray` or a path to it. The package is searched for
// through PYTHONPATH, VIRTUAL_ENV, CONDA_PREFIX and the `ray` script on PATH: its own prefix, and that of the
// interpreter that it names. Blocks for some small reads.
std::optional<std::string> InstalledRayVersion(const std::string& program,
                                               const shared::Variables& environment);

// Returns the release of that version.
std::optional<shared::RayRelease> InstalledRayRelease(const std::string& program,
                                                      const shared::Variables& environment);

// Whether two versions are of one release. What a rebuilt wheel has after a plus (PEP 440's local version,
// 2.52.0+cu12) is its builder's own, and Ray's GCS does not know it.
bool SameRayVersion(std::string_view one, std::string_view other);

}  // namespace ray_init_agent
