// A thread for calls that block, which the loop must not do.
#pragma once

#include <functional>
#include <thread>

#include "shared/interrupt.h"

namespace ray_init_agent {

// Runs one body at a time; its waits watch the Interrupt it is given, which is the same for every body.
// Signals stay with the thread that made it, whose mask blocks them (see EventLoop).
class StoppableThread {
 public:
  using Body = std::function<void(const shared::Interrupt&)>;

  StoppableThread() = default;
  ~StoppableThread() { Stop(); }
  StoppableThread(const StoppableThread&) = delete;
  StoppableThread& operator=(const StoppableThread&) = delete;

  // False where the container may have no more threads. Not while another body runs.
  bool Start(Body body);

  // Raises the Interrupt and waits for the body to return. May be called again, and Start() after it.
  void Stop();

 private:
  shared::Interrupt interrupt_;
  std::thread thread_;
};

}  // namespace ray_init_agent
