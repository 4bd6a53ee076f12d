#include "ray-init-agent/health_server.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "ray-init-agent/health_request.h"
#include "ray-init-agent/metrics_text.h"
#include "ray-init-agent/stoppable_thread.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

constexpr std::size_t kMaxConnections = 64;
constexpr std::size_t kMaxRequestBytes = 4096;
constexpr std::size_t kMaxDiscardedBytes = 1u << 20;
constexpr std::chrono::milliseconds kConnectionLimit = std::chrono::seconds(5);
constexpr std::chrono::milliseconds kAcceptPause = std::chrono::milliseconds(100);

struct Answer {
  int status;
  std::string text;
  const char* type = "text/plain; charset=utf-8";
};

const char* ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Service Unavailable";
  }
}

std::string Serialize(const Answer& answer, bool with_body) {
  return "HTTP/1.1 " + std::to_string(answer.status) + " " + ReasonOf(answer.status) +
         "\r\nContent-Type: " + answer.type + "\r\nContent-Length: " + std::to_string(answer.text.size()) +
         (answer.status == 405 ? "\r\nAllow: GET, HEAD" : "") + "\r\nConnection: close\r\n\r\n" +
         (with_body ? answer.text : "");
}

shared::Unexpected<shared::Error> ListenFailure(std::uint16_t port, int error) {
  return shared::Fail(shared::ErrorCode::kUnavailable,
                      "cannot serve health on port " + std::to_string(port) + ": " + shared::ErrnoText(error),
                      "Give --health-port a port that nothing else in the pod uses.");
}

int BoundSocket(std::uint16_t port) {
  const int on = 1, off = 0;
  int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0) {
    sockaddr_in6 any = {};
    any.sin6_family = AF_INET6;
    any.sin6_port = htons(port);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0) return fd;
    const int error = errno;
    close(fd);
    errno = error;
    if (error != EADDRNOTAVAIL && error != EAFNOSUPPORT) return -1;
  }
  // The node has no IPv6.
  fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  sockaddr_in any = {};
  any.sin_family = AF_INET;
  any.sin_port = htons(port);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0) return fd;
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

}  // namespace

class HealthServer::Impl {
 public:
  Impl(EventLoop* loop, HealthServerOptions options) : loop_(loop), options_(std::move(options)) {}

  ~Impl() {
    checker_.Stop();
    loop_->CancelTimer(accept_timer_);
    while (!connections_.empty()) Close(connections_.begin()->first);
    loop_->RemoveFd(listen_fd_);
    for (int fd : {listen_fd_, ask_fd_})
      if (fd >= 0) close(fd);
  }

  shared::Status Start() {
    listen_fd_ = BoundSocket(options_.port);
    if (listen_fd_ < 0 || listen(listen_fd_, SOMAXCONN) != 0) return ListenFailure(options_.port, errno);
    ask_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (ask_fd_ < 0) return ListenFailure(options_.port, errno);
    if (!checker_.Start([this](const shared::Interrupt& interrupt) { Check(interrupt); }))
      return ListenFailure(options_.port, EAGAIN);
    return loop_->AddFd(listen_fd_, EPOLLIN, [this](std::uint32_t) { Accept(); });
  }

 private:
  enum class State { kReading, kWaiting, kWriting, kDiscarding };

  using Peer = std::array<unsigned char, sizeof(in6_addr)>;  // IPv4 in the socket's form

  struct Connection {
    std::uint64_t number;  // counts up: the lowest is the oldest
    EventLoop::TimerId timer;
    Peer peer;
    State state = State::kReading;
    bool with_body = true;
    std::string input = {};
    std::string output = {};
    std::size_t discarded = 0;
  };

  // Runs on its own thread.
  void Check(const shared::Interrupt& interrupt) {
    while (!interrupt.raised()) {
      pollfd waits[] = {{interrupt.fd(), POLLIN, 0}, {ask_fd_, POLLIN, 0}};
      poll(waits, 2, -1);
      std::uint64_t count = 0;
      if (interrupt.raised() || read(ask_fd_, &count, sizeof count) != sizeof count) continue;
      HealthReport report =
          CheckHealth(options_.targets, shared::Deadline::After(options_.check_timeout), &interrupt);
      loop_->Post([this, answer = Answer{report.healthy() ? 200 : 503, report.ToText()}] { Report(answer); });
    }
  }

  void Accept() {
    sockaddr_storage address = {};
    socklen_t size = sizeof address;
    const int fd =
        accept4(listen_fd_, reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
      if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) PauseAccepting();
      return;
    }
    if (connections_.size() >= kMaxConnections) CloseLeastUseful();
    if (!loop_->AddFd(fd, EPOLLIN, [this, fd](std::uint32_t events) { OnEvent(fd, events); })) {
      close(fd);
      return;
    }
    const auto timer = loop_->AddTimer(kConnectionLimit, [this, fd] { Close(fd); });
    const auto added = connections_.emplace(fd, Connection{next_number_++, timer, PeerOf(address)}).first;
    Read(fd, &added->second);  // in a flood it might be closed before the next event
  }

  static Peer PeerOf(const sockaddr_storage& address) {
    Peer peer = {};
    if (address.ss_family == AF_INET6) {
      std::memcpy(peer.data(), &reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr, peer.size());
    } else {
      std::memcpy(peer.data(), &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr, sizeof(in_addr));
    }
    return peer;
  }

  // If the process is out of descriptors, the listener stays readable: without a pause the loop would do
  // nothing else.
  void PauseAccepting() {
    loop_->ChangeFd(listen_fd_, 0);
    accept_timer_ = loop_->AddTimer(kAcceptPause, [this] { loop_->ChangeFd(listen_fd_, EPOLLIN); });
  }

  void CloseLeastUseful() {
    std::map<Peer, std::size_t> counts;
    for (const auto& [fd, connection] : connections_) ++counts[connection.peer];
    // The connection with the greatest rank is closed.
    const auto rank = [&](const Connection& connection) {
      return std::tuple(connection.state == State::kDiscarding, counts.at(connection.peer),
                        connection.state == State::kReading, ~connection.number);
    };
    const auto found = std::max_element(
        connections_.begin(), connections_.end(),
        [&](const auto& one, const auto& other) { return rank(one.second) < rank(other.second); });
    Close(found->first);
  }

  void Close(int fd) {
    const auto found = connections_.find(fd);
    loop_->CancelTimer(found->second.timer);
    loop_->RemoveFd(fd);
    connections_.erase(found);
    close(fd);
  }

  void OnEvent(int fd, std::uint32_t events) {
    Connection& connection = connections_.at(fd);
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) return Close(fd);
    if (connection.state == State::kReading) return Read(fd, &connection);
    if (connection.state == State::kWriting) return Write(fd, &connection);
    if (connection.state == State::kDiscarding) return Discard(fd, &connection);
  }

  void Read(int fd, Connection* connection) {
    std::array<char, kMaxRequestBytes> buffer;
    const ssize_t size = recv(fd, buffer.data(), buffer.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) return Close(fd);
    connection->input.append(buffer.data(), static_cast<std::size_t>(size));
    const std::size_t end = connection->input.find("\r\n\r\n");
    if (end < kMaxRequestBytes) return Serve(fd, connection);
    if (connection->input.size() >= kMaxRequestBytes)
      Reply(fd, connection, {431, "at most 4096 bytes a request\n"});
  }

  void Serve(int fd, Connection* connection) {
    const std::string_view input = connection->input;
    const auto request = ParseHealthRequest(input.substr(0, input.find("\r\n")));
    if (!request) return Reply(fd, connection, {400, "not a request of HTTP/1.1\n"});
    connection->with_body = request->method != "HEAD";
    if (request->path != "/healthz" && request->path != "/readyz" && request->path != "/metrics")
      return Reply(fd, connection, {404, "there are /healthz, /readyz and /metrics\n"});
    if (request->method != "GET" && request->method != "HEAD")
      return Reply(fd, connection, {405, "only GET and HEAD\n"});
    if (request->path == "/healthz") {
      const bool alive = options_.alive();
      (alive ? counted().live : counted().not_live).Add();
      return Reply(fd, connection, {alive ? 200 : 503, alive ? "ok\n" : "ray has ended\n"});
    }
    if (request->path == "/metrics") {
      Answer answer{200, options_.metrics(), kMetricsType};
      counted().scrapes.Add();
      return Reply(fd, connection, answer);
    }
    connection->state = State::kWaiting;
    loop_->ChangeFd(fd, 0);
    Ask();
  }

  void Ask() {
    if (std::exchange(checking_, true)) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] ssize_t ignored = write(ask_fd_, &one, sizeof one);  // never full: one at a time
  }

  void Report(const Answer& answer) {
    checking_ = false;
    std::vector<int> waiting;
    for (const auto& [fd, connection] : connections_)
      if (connection.state == State::kWaiting) waiting.push_back(fd);
    for (int fd : waiting) {
      (answer.status == 200 ? counted().ready : counted().not_ready).Add();
      Reply(fd, &connections_.at(fd), answer);
    }
  }

  void Reply(int fd, Connection* connection, const Answer& answer) {
    if (answer.status >= 400 && answer.status < 500) counted().refused.Add();
    connection->output = Serialize(answer, connection->with_body);
    connection->state = State::kWriting;
    Write(fd, connection);
  }

  void Write(int fd, Connection* connection) {
    const ssize_t size = send(fd, connection->output.data(), connection->output.size(), MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN && errno != EINTR) return Close(fd);
    if (size > 0) connection->output.erase(0, static_cast<std::size_t>(size));
    if (!connection->output.empty()) return loop_->ChangeFd(fd, EPOLLOUT);
    // A close with unread bytes resets the connection, and the reset may overtake the answer.
    shutdown(fd, SHUT_WR);
    connection->state = State::kDiscarding;
    loop_->ChangeFd(fd, EPOLLIN);
  }

  void Discard(int fd, Connection* connection) {
    std::array<char, 16384> buffer;
    const ssize_t size = recv(fd, buffer.data(), buffer.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) return Close(fd);
    connection->discarded += static_cast<std::size_t>(size);
    if (connection->discarded > kMaxDiscardedBytes) Close(fd);
  }

  Counters::Requests& counted() { return options_.counters->requests; }

  EventLoop* loop_;
  HealthServerOptions options_;
  int listen_fd_ = -1;
  int ask_fd_ = -1;  // wakes the checker
  bool checking_ = false;
  EventLoop::TimerId accept_timer_ = 0;
  std::uint64_t next_number_ = 0;
  std::map<int, Connection> connections_;
  StoppableThread checker_;
};

HealthServer::HealthServer(EventLoop* loop, HealthServerOptions options)
    : impl_(std::make_unique<Impl>(loop, std::move(options))) {}

HealthServer::~HealthServer() = default;

shared::Status HealthServer::Start() { return impl_->Start(); }

}  // namespace ray_init_agent
