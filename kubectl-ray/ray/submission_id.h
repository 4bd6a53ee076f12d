// Submission ids as Ray makes them (ray/dashboard/modules/job/job_manager.py, generate_job_id).
#pragma once

#include <string>
#include <string_view>

#include "shared/result.h"

namespace kubectl_ray {

// Returns "raysubmit_" and 16 random letters and digits without I, l, o, O, 0: 93 random bits.
std::string GenerateSubmissionId();

// kUsage if `id` cannot be a part of Ray's paths and file names: if it is empty, over 200 bytes, or has
// anything but letters, digits, '-', '_' and '.'.
shared::Status ValidateSubmissionId(std::string_view id);

}  // namespace kubectl_ray
