#include "kubectl-ray/kube/port_forward.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <functional>
#include <thread>

#include "tests/support/scripted_api.h"
#include "tests/support/web_socket_peer.h"

using namespace kubectl_ray;
using shared::ErrorCode;

namespace {

constexpr std::chrono::seconds kLong(20);
const std::string kGreetings = WebSocketFrame(0x82, std::string("\0\x40\x20", 3)) +   // data: port 8256
                               WebSocketFrame(0x82, std::string("\x01\x40\x20", 3));  // error
const std::string kNormalEnd = WebSocketFrame(0x88, std::string("\x03\xe8", 2));

std::string Data(std::string_view bytes) { return WebSocketFrame(0x82, std::string(1, '\0').append(bytes)); }
std::string ErrorText(std::string_view text) { return WebSocketFrame(0x82, "\x01" + std::string(text)); }

// The two ends of the local connection: the pump's, which does not block, and ours.
class LocalConnection {
 public:
  LocalConnection() {
    signal(SIGPIPE, SIG_IGN);
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds_) == 0);
    fcntl(fds_[0], F_SETFL, O_NONBLOCK);
  }
  ~LocalConnection() {
    Close();
    close(fds_[0]);
  }
  LocalConnection(const LocalConnection&) = delete;
  LocalConnection& operator=(const LocalConnection&) = delete;

  int pump_fd() const { return fds_[0]; }
  LoopbackConnection ours() const { return LoopbackConnection(fds_[1]); }
  void EndOurHalf() const { shutdown(fds_[1], SHUT_WR); }
  void Close() {
    if (fds_[1] >= 0) close(fds_[1]);
    fds_[1] = -1;
  }

 private:
  int fds_[2] = {-1, -1};
};

// A pod sends `frames`, does what `then` says, and closes the connection. Returns how the pump ended.
struct Pod {
  std::string frames;
  std::function<void(const LoopbackConnection&)> then = {};
};

PumpEnd PumpFrom(const Pod& pod, const LocalConnection& local, int stop_fd = -1) {
  const LoopbackServer server([&](const LoopbackConnection& connection) {
    connection.ReceiveRequest();
    connection.Send(std::string(kWebSocketUpgrade) + pod.frames);
    if (pod.then) pod.then(connection);
  });
  auto socket = shared::WebSocket::Connect(
      {}, {.url = "ws://127.0.0.1:" + std::to_string(server.port()) + "/", .connect_timeout = kLong});
  REQUIRE(socket.has_value());
  return PumpPodPort(*std::move(socket), local.pump_fd(), stop_fd);
}

}  // namespace

TEST_CASE("a pod's port is asked for by its name and number") {
  ScriptedApi api({std::string(kWebSocketUpgrade)});
  const KubeClient kube(api.Access(), kLong);
  CHECK(OpenPodPort(kube, {"x", "y", 8265}).has_value());
  CHECK(api.Asked() == std::vector<std::string>{"GET /api/v1/namespaces/x/pods/y/portforward?ports=8265"});
  CHECK(api.Request(0).find("Sec-WebSocket-Protocol: v4.channel.k8s.io\r\n") != std::string::npos);
}

TEST_CASE("a proxy that takes the upgrade and loses the subprotocol is named as the cause") {
  ScriptedApi api(
      {"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n"});
  const KubeClient kube(api.Access(), kLong);
  const auto socket = OpenPodPort(kube, {"x", "y", 1});
  REQUIRE_FALSE(socket.has_value());
  CHECK(socket.error().code == ErrorCode::kInternal);  // waiting does not help
  CHECK(socket.error().hint.find("proxy") != std::string::npos);
}

TEST_CASE("what the pod sends arrives without its frames, and its end is the end") {
  const std::string large(300'000, 'x');
  const struct {
    std::string frames;
    std::string received;
    std::string remote_error;
  } rows[] = {
      {kGreetings + Data("hello") + Data(" you") + kNormalEnd, "hello you", ""},
      {kGreetings + Data("") + Data(large) + kNormalEnd, large, ""},
      {kGreetings + ErrorText("connection refused") + kNormalEnd, "", "connection refused"},
      {kGreetings + ErrorText("one, ") + ErrorText("two"), "", "one, two"},
      {kGreetings + WebSocketFrame(0x82, "\x02other channel") + WebSocketFrame(0x82, "") + Data("z"), "z",
       ""},
      {WebSocketFrame(0x82, std::string("\0", 1)) + Data("z"), "z", ""},  // a greeting without its port
      {kGreetings, "", ""},
      {"", "", ""},
  };
  for (const auto& row : rows) {
    LocalConnection local;
    std::string received;
    std::thread reader([&] { received = local.ours().Receive(row.received.size()); });
    const PumpEnd end = PumpFrom({row.frames}, local);
    reader.join();
    CHECK((received == row.received));
    CHECK(end.received == row.received.size());
    CHECK(end.remote_error == row.remote_error);
    CHECK_FALSE(end.broken);
  }
}

TEST_CASE("an error text without end is cut") {
  std::string frames = kGreetings;
  for (int i = 0; i < 100; ++i) frames += ErrorText(std::string(1000, 'e'));
  LocalConnection local;
  CHECK(PumpFrom({frames}, local).remote_error.size() <= 4096);
}

TEST_CASE("frames that are wrong break the connection") {
  for (const std::string& frames :
       {WebSocketFrame(0x83, "reserved opcode"), std::string("\x82\x81\x01\x02\x03\x04z"),
        WebSocketFrame(0x80, "no first frame")}) {
    LocalConnection local;
    CHECK(PumpFrom({kGreetings + frames}, local).broken);
  }
}

TEST_CASE("what is sent here arrives on the data channel, and its answer comes back") {
  const LocalConnection local;
  const std::string sent(200'000, 'q');
  std::string received;
  std::thread client([&] {
    local.ours().Send(sent);
    received = local.ours().Receive(6);
  });
  std::string at_pod;
  const PumpEnd end = PumpFrom({kGreetings,
                                [&](const LoopbackConnection& connection) {
                                  while (at_pod.size() < sent.size()) {
                                    const auto [opcode, payload] = ReceiveWebSocketFrame(connection);
                                    if (opcode != 0x82 || payload.empty() || payload[0] != '\0') return;
                                    at_pod += payload.substr(1);
                                  }
                                  connection.Send(Data("answer") + kNormalEnd);
                                }},
                               local);
  client.join();
  CHECK((at_pod == sent));
  CHECK(received == "answer");
  CHECK(end.sent == sent.size());
}

TEST_CASE("a client that ends its half still gets the pod's answer") {
  const LocalConnection local;
  local.ours().Send("question");
  local.EndOurHalf();
  const PumpEnd end = PumpFrom({kGreetings,
                                [](const LoopbackConnection& connection) {
                                  ReceiveWebSocketFrame(connection);
                                  connection.Send(Data("answer") + kNormalEnd);
                                }},
                               local);
  CHECK(local.ours().Receive(6) == "answer");
  CHECK(end.sent == 8);
}

TEST_CASE("a client that is gone ends the connection to the pod") {
  LocalConnection local;
  local.Close();
  std::string rest;
  const PumpEnd end = PumpFrom(
      {kGreetings, [&](const LoopbackConnection& connection) { rest = connection.Receive(1); }}, local);
  CHECK(end.received == 0);
  CHECK_FALSE(end.broken);
}

TEST_CASE("a session that ends stops its connections") {
  const LocalConnection local;
  const LocalConnection stop;
  stop.ours().Send("x");
  const PumpEnd end =
      PumpFrom({kGreetings, [](const LoopbackConnection& connection) { connection.Receive(1); }}, local,
               stop.pump_fd());
  CHECK_FALSE(end.broken);
}

TEST_CASE("a dialer's connections are the pod's, and it keeps what the far side said") {
  ScriptedApi api({std::string(kWebSocketUpgrade) + kGreetings + Data("hello") + ErrorText("refused"),
                   HttpAnswer(404, ""), HttpAnswer(404, ""),
                   HttpAnswer(404, R"({"kind":"Status","code":404,"message":"gone"})")});
  const KubeClient kube(api.Access(), kLong);
  PodDialer dialer(&kube, {"x", "y", 1});
  const auto fd = dialer.Dial();
  REQUIRE(fd.has_value());
  fcntl(*fd, F_SETFL, 0);  // the test may block
  CHECK(LoopbackConnection(*fd).Receive(100) == "hello");
  CHECK(dialer.last_error() == "refused");
  close(*fd);
  const auto gone = dialer.Dial();
  REQUIRE_FALSE(gone.has_value());
  CHECK(gone.error().code == ErrorCode::kNotFound);
}
