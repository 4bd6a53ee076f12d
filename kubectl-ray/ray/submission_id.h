// Submission ids, as Ray makes them (ray/dashboard/modules/job/job_manager.py, generate_job_id).
#pragma once

#include <string>
#include <string_view>

#include "shared/result.h"

namespace kubectl_ray {

// "raysubmit_" and 16 random letters and digits without I, l, o, O, 0: 93 random bits.
std::string GenerateSubmissionId();

// Refuses what cannot be a part of Ray's paths and file names: empty, over 200 bytes, or anything but
// letters, digits, '-', '_' and '.'.
shared::Status ValidateSubmissionId(std::string_view id);

}  // namespace kubectl_ray
