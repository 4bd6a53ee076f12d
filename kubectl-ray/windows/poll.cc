// poll() over sockets, the console, pipes and files together. WSAPoll() takes sockets only, so the others are
// checked between its calls.
#include <poll.h>

#include <cerrno>
#include <chrono>
#include <vector>

#include "kubectl-ray/windows/descriptors.h"

namespace {

using windows::HandleOf;
using windows::IsSocket;

constexpr int kSliceMs = 20;  // between two checks of what is not a socket

bool IsReadable(int fd) {
  const HANDLE handle = HandleOf(fd);
  DWORD ready = 0;
  if (GetFileType(handle) == FILE_TYPE_PIPE)  // a pipe that was closed is readable, too
    return !PeekNamedPipe(handle, nullptr, 0, nullptr, &ready, nullptr) || ready > 0;
  DWORD mode = 0;
  return !GetConsoleMode(handle, &mode) || windows::IsConsoleReadable(handle);
}

// Returns how many of those that are not sockets are ready.
int PollHandles(pollfd* fds, nfds_t count) {
  int ready = 0;
  for (nfds_t i = 0; i < count; ++i) {
    if (fds[i].fd < 0 || IsSocket(fds[i].fd)) continue;
    fds[i].revents = (fds[i].events & POLLIN) != 0 && IsReadable(fds[i].fd) ? POLLIN : 0;
    ready += fds[i].revents != 0 ? 1 : 0;
  }
  return ready;
}

// Waits at most `timeout_ms` for the sockets among them. Returns how many are ready.
int PollSockets(pollfd* fds, nfds_t count, int timeout_ms) {
  std::vector<WSAPOLLFD> sockets;
  std::vector<nfds_t> places;
  for (nfds_t i = 0; i < count; ++i) {
    if (!IsSocket(fds[i].fd)) continue;
    sockets.push_back({windows::ToSocket(fds[i].fd), fds[i].events, 0});
    places.push_back(i);
  }
  if (sockets.empty()) {
    Sleep(timeout_ms < 0 ? INFINITE : static_cast<DWORD>(timeout_ms));
    return 0;
  }
  const int ready = WSAPoll(sockets.data(), static_cast<ULONG>(sockets.size()), timeout_ms);
  if (ready < 0) return windows::FailWith(windows::ErrnoOf(static_cast<DWORD>(WSAGetLastError())));
  for (std::size_t i = 0; i < places.size(); ++i) fds[places[i]].revents = sockets[i].revents;
  return ready;
}

}  // namespace

int poll(pollfd* fds, nfds_t count, int timeout_ms) {
  bool handles = false;
  for (nfds_t i = 0; i < count; ++i) {
    fds[i].revents = 0;
    handles = handles || (fds[i].fd >= 0 && !IsSocket(fds[i].fd));
  }
  if (!handles) return PollSockets(fds, count, timeout_ms);
  const auto begin = std::chrono::steady_clock::now();
  while (true) {
    const int ready = PollHandles(fds, count);
    const auto past = std::chrono::steady_clock::now() - begin;
    const auto left = timeout_ms - std::chrono::duration_cast<std::chrono::milliseconds>(past).count();
    const bool last = ready > 0 || (timeout_ms >= 0 && left <= 0);
    const int sockets = PollSockets(fds, count, last ? 0 : kSliceMs);
    if (last || sockets != 0) return sockets < 0 ? sockets : ready + sockets;
  }
}
