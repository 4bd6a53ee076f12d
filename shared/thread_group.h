// Threads that end by themselves, one for each connection, say.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <thread>

#include "shared/result.h"

namespace shared {

// Of one thread: its calls exclude each other. Joins what it has started, when it goes at the latest; who
// wants that soon tells the threads to end.
class ThreadGroup {
 public:
  ThreadGroup() = default;
  ThreadGroup(const ThreadGroup&) = delete;
  ThreadGroup& operator=(const ThreadGroup&) = delete;

  // Runs `work` in a thread of its own. kInternal where the system or the container has no thread left:
  // nothing is run then.
  Status Start(std::function<void()> work);

  // Frees the threads that have ended; who starts many has to call it now and then.
  void JoinEnded();

  // Blocks until every thread has ended.
  void JoinAll() { threads_.clear(); }

  // The threads that were not joined yet.
  std::size_t size() const { return threads_.size(); }

 private:
  struct Thread {
    std::atomic<bool> ended{false};
    std::jthread thread;  // last: it uses the above until it was joined
  };

  std::list<Thread> threads_;
};

}  // namespace shared
