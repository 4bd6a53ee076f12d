// What the autoscaler v1 keeps in the GCS's store: which nodes it has asked for, and which failed. Pure.
// Source: AutoscalerSummary in ray/autoscaler/_private/autoscaler.py, written by monitor.py
// (2.9, 2.40, 2.60).
#pragma once

#include <optional>

#include "kubectl-ray/ray/gcs_status.h"
#include "shared/json.h"

namespace kubectl_ray {

// Reads the JSON as v1 writes it. Nothing: it is no state, or one without a report. Failures are the newest
// first, 20 at most, as `ray status` shows them. Takes untrusted values.
std::optional<GcsAutoscaler> ReadV1State(const shared::Json& state);

}  // namespace kubectl_ray
