#include "shared/thread_group.h"

#include <system_error>
#include <utility>

#include "shared/text.h"

namespace shared {

Status ThreadGroup::Start(std::function<void()> work) {
  Thread& started = threads_.emplace_back();
  try {
    started.thread = std::jthread([&started, run = std::move(work)] {
      run();
      started.ended = true;
    });
  } catch (const std::system_error& error) {
    threads_.pop_back();
    return Fail(
        ErrorCode::kInternal, "cannot start a thread: " + ErrnoText(error.code().value()),
        "The limit on processes and threads is reached: see ulimit -u, or the container's own limit.");
  }
  return Ok();
}

void ThreadGroup::JoinEnded() {
  threads_.remove_if([](const Thread& thread) { return thread.ended.load(); });
}

}  // namespace shared
