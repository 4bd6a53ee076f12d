// The columns of a list of jobs.
#pragma once

#include <vector>

#include "kubectl-ray/formats/column.h"

namespace kubectl_ray {

// Of records (see job_record.h). Ages and durations are those of the moment of printing.
std::vector<Column> JobRecordColumns();

}  // namespace kubectl_ray
