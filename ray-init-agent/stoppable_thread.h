// A thread for calls that block, which must not run on the loop.
#pragma once

#include <functional>
#include <thread>

#include "shared/interrupt.h"

namespace ray_init_agent {

// Runs one body at a time. Each wait of the body watches the Interrupt that it is given, which is the same
// for every body. Signals are not delivered to the thread, because the thread that made it blocks them (see
// EventLoop). Not thread-safe itself.
class StoppableThread {
 public:
  using Body = std::function<void(const shared::Interrupt&)>;

  StoppableThread() = default;
  ~StoppableThread() { Stop(); }
  StoppableThread(const StoppableThread&) = delete;
  StoppableThread& operator=(const StoppableThread&) = delete;

  // Runs `body` on a thread. Returns false, and runs nothing, if the container may have no more threads. Not
  // to be called while another body runs.
  bool Start(Body body);

  // Raises the Interrupt and blocks until the body has returned. May be called again, and Start() after it.
  void Stop();

 private:
  shared::Interrupt interrupt_;
  std::thread thread_;
};

}  // namespace ray_init_agent
