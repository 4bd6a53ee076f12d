// Threads that end by themselves, for instance one for each connection.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <thread>

#include "shared/result.h"

namespace shared {

// Not thread-safe. The destructor joins, and so waits for the threads to end by themselves.
class ThreadGroup {
 public:
  ThreadGroup() = default;
  ThreadGroup(const ThreadGroup&) = delete;
  ThreadGroup& operator=(const ThreadGroup&) = delete;

  // Runs `work` in a thread of its own. Fails with kInternal, and runs nothing, if the system or the
  // container has no thread left.
  Status Start(std::function<void()> work);

  // Joins the threads that have ended. A caller that starts many has to call it now and then.
  void JoinEnded();

  // Blocks until every thread has ended.
  void JoinAll() { threads_.clear(); }

  // The number of threads that were not joined yet.
  std::size_t size() const { return threads_.size(); }

 private:
  struct Thread {
    std::atomic<bool> ended{false};
    std::jthread thread;  // last, because it uses `ended` until it is joined
  };

  std::list<Thread> threads_;
};

}  // namespace shared
