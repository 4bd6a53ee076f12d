#include "ray-init-agent/stoppable_thread.h"

#include <signal.h>

#include <system_error>

namespace ray_init_agent {

bool StoppableThread::Start(Body body) {
  interrupt_.Clear();
  try {
    thread_ = std::thread([this, run = std::move(body)] { run(interrupt_); });
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

void StoppableThread::Stop() {
  interrupt_.Raise(SIGTERM);
  if (thread_.joinable()) thread_.join();
}

}  // namespace ray_init_agent
