// Whether what the operator reports of a RayService's applications can be of the last change already.
//
// The operator asks Serve for its applications before it hands a changed config over, and writes the answer
// together with the new generation (reconcileServe and calculateStatus in
// ray-operator/controllers/ray/rayservice_controller.go of KubeRay 1.6.2; it looks every two seconds). So its
// first report after a change has the change's generation and the applications of before: RUNNING of what was
// replaced, or DEPLOY_FAILED of what was taken back.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "kubectl-ray/formats/time.h"
#include "shared/json.h"

namespace kubectl_ray {

class ReportAge {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // `service`: as it was just read, at `now` of the machine's clock and `at` of its steady one. Returns true
  // if
  // - nothing but the status was changed in the last thirty seconds, as metadata.managedFields has it, or
  // - the report differs from the first one that had this generation, or
  // - that first one was seen at least ten seconds ago.
  // False if the operator has not seen the generation. A service without generations, as no API server has
  // it, is taken for seen.
  bool IsOfLastChange(const shared::Json& service, SystemTime now, SteadyTime at);

 private:
  bool seen_ = false;
  std::int64_t generation_ = 0;
  std::string first_report_;
  SteadyTime first_seen_{};
};

// Whether the operator has written a status since the last change of the spec.
bool HasSeenLastChange(const shared::Json& service);

// Whether a validation that failed (the reason ValidationFailed of the condition Ready) is of the last
// change. The condition stands until the service serves, also after the change that mends it; but the
// operator takes the generation over only if the validation passes, and writes status.lastUpdateTime each
// time that it fails.
bool IsValidationOfLastChange(const shared::Json& service);

}  // namespace kubectl_ray
