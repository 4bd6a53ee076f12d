#include "kubectl-ray/session/forwarder.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#include "tests/support/web_socket_peer.h"

using namespace kubectl_ray;
using shared::ErrorCode;

namespace {

std::string Head(const std::string& name) {
  return R"({"metadata":{"name":")" + name + R"(","namespace":"x","uid":")" + name +
         R"(","resourceVersion":"1","labels":{"ray.io/node-type":"head"}},)"
         R"("spec":{"containers":[{"name":"ray"}]},"status":{"phase":"Running","containerStatuses":)"
         R"([{"name":"ray","restartCount":0,"state":{"running":{}}}]}})";
}

// An API server with head pods: a list, a watch that sends what the test says, and port-forwards that answer
// with the pod's name.
class HeadsApi {
 public:
  explicit HeadsApi(std::string first)
      : first_(std::move(first)), server_([this](const auto& c) { Serve(c); }) {}

  // Sends one more event in the watch.
  void Tell(const std::string& type, const std::string& name) {
    std::lock_guard lock(mutex_);
    events_ += R"({"type":")" + type + R"(","object":)" + Head(name) + "}\n";
    changed_.notify_all();
  }
  void End() {
    std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

 private:
  void Serve(const LoopbackConnection& connection) {
    while (true) {
      const std::string request = connection.ReceiveRequest();
      if (request.empty()) return;
      if (const std::size_t at = request.find("/portforward"); at != std::string::npos)
        return Forward(connection, request.substr(0, at));
      if (request.find("watch=true") != std::string::npos) return Watch(connection);
      const std::string body =
          R"({"metadata":{"resourceVersion":"1"},"items":[)" + (first_.empty() ? "" : Head(first_)) + "]}";
      connection.Send("HTTP/1.1 200 x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
  }

  static void Forward(const LoopbackConnection& connection, const std::string& path) {
    const std::string pod = path.substr(path.rfind('/') + 1);
    connection.Send(std::string(kWebSocketUpgrade) + WebSocketFrame(0x82, std::string("\0\1\1", 3)) +
                    WebSocketFrame(0x82, "\1\1\1"));
    if (ReceiveWebSocketFrame(connection).first != 0x82) return;  // a spare that was not used
    connection.Send(WebSocketFrame(0x82, std::string(1, '\0') + pod));
  }

  void Watch(const LoopbackConnection& connection) {
    connection.Send("HTTP/1.1 200 x\r\nConnection: close\r\n\r\n");
    std::unique_lock lock(mutex_);
    for (std::size_t told = 0; !ended_; changed_.wait(lock)) {
      connection.Send(std::string_view(events_).substr(told));
      told = events_.size();
    }
  }

  const std::string first_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string events_;
  bool ended_ = false;
  LoopbackServer server_;
};

// A session to the cluster of `api`, which ends with the object.
class Session {
 public:
  explicit Session(HeadsApi* api) : api_(api) {
    signal(SIGPIPE, SIG_IGN);
    auto listener = Listener::Open(0);
    REQUIRE(listener.has_value());
    port_ = listener->port();
    ClusterAccess access;
    access.server = api->url();
    access.http.interrupt = &interrupt_;
    access.sign_in = [](const SignIn*) -> shared::Result<SignIn> { return SignIn{}; };
    kube_.emplace(std::move(access), std::chrono::seconds(20));
    std::vector<ForwardedPort> ports;
    ports.push_back({{"dashboard", "Ray Dashboard", "http", 8265, 0, false}, *std::move(listener)});
    thread_ = std::thread([this, ports = std::move(ports)]() mutable {
      outcome_ = ForwardPorts(*kube_, "x", "demo", std::move(ports), false, [this](const std::string& said) {
        std::lock_guard lock(mutex_);
        said_ += said + "\n";
        changed_.notify_all();
      });
    });
  }
  ~Session() { (void)End(); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Returns what a connection to the local port receives.
  std::string Ask() const {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    REQUIRE(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const LoopbackConnection connection(fd);
    connection.Send("who?");
    const std::string answer = connection.Receive(100);
    close(fd);
    return answer;
  }

  void WaitUntilSaid(const std::string& words) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(60), [&] { return said_.find(words) != std::string::npos; });
    CHECK(said_.find(words) != std::string::npos);
  }

  shared::Status End() {
    interrupt_.Raise(SIGINT);
    if (thread_.joinable()) thread_.join();
    api_->End();
    return outcome_;
  }

 private:
  HeadsApi* api_;
  shared::Interrupt interrupt_;
  std::optional<KubeClient> kube_;
  int port_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string said_;
  shared::Status outcome_ = shared::Ok();
  std::thread thread_;
};

}  // namespace

TEST_CASE("connections go to the head, and Ctrl-C ends them") {
  HeadsApi api("head-1");
  Session session(&api);
  for (int i = 0; i < 3; ++i) CHECK(session.Ask() == "head-1");
  const shared::Status outcome = session.End();
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().code == ErrorCode::kInterrupted);
}

TEST_CASE("a head that goes is replaced by the next one, and who comes meanwhile waits for it") {
  HeadsApi api("head-1");
  Session session(&api);
  CHECK(session.Ask() == "head-1");
  api.Tell("DELETED", "head-1");
  session.WaitUntilSaid("the cluster has no running head; waiting for one");
  std::string answer;
  std::thread early([&] { answer = session.Ask(); });
  api.Tell("ADDED", "head-2");
  session.WaitUntilSaid("forwarding to the new head pod head-2");
  early.join();
  CHECK(answer == "head-2");
}

TEST_CASE("a session that begins without a head says so and goes on with the first") {
  HeadsApi api("");
  Session session(&api);
  session.WaitUntilSaid("the cluster has no running head; waiting for one");
  api.Tell("ADDED", "head-1");
  session.WaitUntilSaid("forwarding to the new head pod head-1");
  CHECK(session.Ask() == "head-1");
}
