#include "ray-init-agent/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "shared/text.h"

namespace ray_init_agent {
namespace {

shared::Unexpected<shared::Error> SystemFailure(const char* action) {
  return shared::Fail(shared::ErrorCode::kInternal, std::string(action) + ": " + shared::ErrnoText(errno));
}

// A fault raised by this process's own code must end it at once; blocked, it would be killed without a trace.
// sigfillset() leaves out the real-time signals that a libc keeps for its own threads (musl: 32 to 34, of
// which 34 is glibc's SIGRTMIN). This process uses nothing that needs them, but its child may.
sigset_t BlockableSignals() {
  sigset_t set;
  std::memset(&set, 0xff, sizeof set);
  for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT}) sigdelset(&set, fault);
  return set;
}

std::uint64_t Key(int fd, std::uint32_t generation) {
  return std::uint64_t{generation} << 32 | static_cast<std::uint32_t>(fd);
}

}  // namespace

shared::Result<std::unique_ptr<EventLoop>> EventLoop::Create() {
  std::unique_ptr<EventLoop> loop(new EventLoop());
  const sigset_t signals = BlockableSignals();
  pthread_sigmask(SIG_BLOCK, &signals, &loop->original_mask_);
  loop->epoll_fd_ = epoll_create1(EPOLL_CLOEXEC);
  if (loop->epoll_fd_ < 0) return SystemFailure("cannot create an epoll descriptor");
  loop->signal_fd_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (loop->signal_fd_ < 0) return SystemFailure("cannot create a signal descriptor");
  loop->wake_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (loop->wake_fd_ < 0) return SystemFailure("cannot create an event descriptor");
  EventLoop* self = loop.get();
  TRY(self->AddFd(self->signal_fd_, EPOLLIN, [self](std::uint32_t) { self->ReadSignals(); }));
  TRY(self->AddFd(self->wake_fd_, EPOLLIN, [self](std::uint32_t) { self->RunPosted(); }));
  return loop;
}

EventLoop::~EventLoop() {
  for (int fd : {epoll_fd_, signal_fd_, wake_fd_})
    if (fd >= 0) close(fd);
  pthread_sigmask(SIG_SETMASK, &original_mask_, nullptr);
}

shared::Status EventLoop::AddFd(int fd, std::uint32_t events, FdHandler handler) {
  const std::uint32_t generation = next_generation_++;
  epoll_event event = {};
  event.events = events;
  event.data.u64 = Key(fd, generation);
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) != 0) return SystemFailure("cannot watch a descriptor");
  watches_[fd] = std::make_shared<Watch>(Watch{std::move(handler), generation});
  return shared::Ok();
}

void EventLoop::ChangeFd(int fd, std::uint32_t events) {
  const auto found = watches_.find(fd);
  if (found == watches_.end()) return;
  epoll_event event = {};
  event.events = events;
  event.data.u64 = Key(fd, found->second->generation);
  epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event);
}

void EventLoop::RemoveFd(int fd) {
  if (watches_.erase(fd) > 0) epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
}

EventLoop::TimerId EventLoop::AddTimer(std::chrono::milliseconds delay, Task task) {
  const TimerId id = next_timer_++;
  timers_.emplace(Clock::now() + delay, Timer{id, std::move(task)});
  return id;
}

void EventLoop::CancelTimer(TimerId id) {
  const auto found =
      std::find_if(timers_.begin(), timers_.end(), [id](const auto& entry) { return entry.second.id == id; });
  if (found != timers_.end()) timers_.erase(found);
}

void EventLoop::Post(Task task) {
  {
    std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(task));
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] ssize_t ignored =
      write(wake_fd_, &one, sizeof one);  // full only if it is already readable
}

void EventLoop::Run() {
  std::array<epoll_event, 64> events;
  while (!stopped_) {
    const int count = epoll_wait(epoll_fd_, events.data(), static_cast<int>(events.size()), PollTimeoutMs());
    for (int i = 0; i < count && !stopped_; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      Dispatch(event.data.u64, event.events);
    }
    if (!stopped_) RunDueTimers();
  }
}

void EventLoop::Dispatch(std::uint64_t key, std::uint32_t events) {
  const auto found = watches_.find(static_cast<int>(key & 0xffffffffu));
  // An earlier handler of this batch may have removed the fd, and another may have its number by now.
  if (found == watches_.end() || found->second->generation != key >> 32) return;
  const std::shared_ptr<Watch> alive = found->second;
  alive->handler(events);
}

void EventLoop::ReadSignals() {
  std::array<signalfd_siginfo, 16> signals;
  while (true) {
    const ssize_t size = read(signal_fd_, signals.data(), sizeof signals);
    if (size <= 0) return;
    for (std::size_t i = 0; i < static_cast<std::size_t>(size) / sizeof signals[0]; ++i)
      if (on_signal_) on_signal_(signals[i]);
  }
}

void EventLoop::RunPosted() {
  std::uint64_t count;
  [[maybe_unused]] ssize_t ignored = read(wake_fd_, &count, sizeof count);
  std::vector<Task> tasks;
  {
    std::lock_guard lock(posted_mutex_);
    tasks.swap(posted_);
  }
  for (Task& task : tasks) task();
}

void EventLoop::RunDueTimers() {
  const Clock::time_point now = Clock::now();
  while (!stopped_ && !timers_.empty() && timers_.begin()->first <= now) {
    Task task = std::move(timers_.begin()->second.task);
    timers_.erase(timers_.begin());
    task();
  }
}

int EventLoop::PollTimeoutMs() const {
  if (timers_.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

}  // namespace ray_init_agent
