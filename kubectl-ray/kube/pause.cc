#include "kubectl-ray/kube/pause.h"

namespace kubectl_ray {

bool Pause(const shared::Interrupt* interrupt, std::chrono::milliseconds time) {
  const shared::Interrupt never;
  return (interrupt != nullptr ? *interrupt : never).WaitFor(time);
}

}  // namespace kubectl_ray
