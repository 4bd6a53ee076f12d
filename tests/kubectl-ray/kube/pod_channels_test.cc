#include "kubectl-ray/kube/pod_channels.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <thread>

#include "kubectl-ray/kube/exec_stream.h"
#include "kubectl-ray/kube/port_forward.h"
#include "tests/support/scripted_api.h"
#include "tests/support/spdy_peer.h"
#include "tests/support/web_socket_peer.h"

using namespace kubectl_ray;
using shared::ErrorCode;
using shared::SpdyFrame;
using Kind = shared::SpdyFrame::Kind;

namespace {

constexpr std::chrono::seconds kLong(20);
const std::string kSuccess = R"({"status":"Success"})";

std::string StatusAnswer(int code, const std::string& message) {
  return HttpAnswer(
      code, R"({"kind":"Status","code":)" + std::to_string(code) + R"(,"message":")" + message + R"("})");
}

// The whole of what a server sends to a command over SPDY: streams 1 (error), 3 (stdout) and 5 (stderr).
std::string Conversation(const std::string& out, const std::string& err, const std::string& status) {
  std::string bytes = SpdyUpgrade("v4.channel.k8s.io");
  shared::SpdyFrameWriter writer;
  for (const std::uint32_t stream : {1u, 3u, 5u}) writer.SynReply(stream, {}, &bytes);
  writer.Data(3, out, false, &bytes);
  writer.Data(5, err, false, &bytes);
  writer.Data(1, status, false, &bytes);
  for (const std::uint32_t stream : {1u, 3u, 5u}) writer.RstStream(stream, 5, &bytes);
  return bytes;
}

struct Ran {
  shared::Result<int> code = 0;
  std::string out, err;
};
Ran Run(const KubeClient& kube) {
  Ran ran;
  ExecIo io;
  io.on_stdout = [&](std::string_view bytes) { return ran.out += bytes, true; };
  io.on_stderr = [&](std::string_view bytes) { return ran.err += bytes, true; };
  ran.code = RunExec(kube, {"x", "y", "ray", {"true"}}, io);
  return ran;
}

// An API server that refuses WebSockets with 400, accepts SPDY, and then does what the test says.
class SpdyServer {
 public:
  SpdyServer(const std::string& protocol, const std::function<void(SpdyPeer&)>& serve)
      : server_([protocol, serve](const LoopbackConnection& connection) {
          while (true) {
            const std::string request = connection.ReceiveRequest();
            if (request.starts_with("POST ")) break;
            if (request.empty()) return;
            connection.Send(HttpAnswer(400, ""));
          }
          connection.Send(SpdyUpgrade(protocol));
          SpdyPeer peer(connection);
          serve(peer);
        }) {}

  ClusterAccess Access() const {
    ClusterAccess access;
    access.server = "http://127.0.0.1:" + std::to_string(server_.port());
    access.sign_in = [](const SignIn*) -> shared::Result<SignIn> { return SignIn{}; };
    return access;
  }

 private:
  LoopbackServer server_;
};

// Two ends of a connection: the program's, which does not block, and ours.
class Pair {
 public:
  Pair() {
    signal(SIGPIPE, SIG_IGN);
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds_) == 0);
    fcntl(fds_[0], F_SETFL, O_NONBLOCK);
  }
  ~Pair() {
    for (const int fd : fds_) close(fd);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  int theirs() const { return fds_[0]; }
  LoopbackConnection ours() const { return LoopbackConnection(fds_[1]); }
  void EndOurHalf() const { shutdown(fds_[1], SHUT_WR); }

 private:
  int fds_[2] = {-1, -1};
};

}  // namespace

TEST_CASE("a command runs over SPDY if an HTTP answer refuses the WebSocket") {
  for (const std::string& refusal :
       {HttpAnswer(200, "<html>"), HttpAnswer(400, ""), HttpAnswer(403, ""), HttpAnswer(404, ""),
        HttpAnswer(426, ""), HttpAnswer(501, ""), HttpAnswer(502, ""),
        // A WebSocket of no subprotocol.
        std::string("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    "x\r\n\r\n")}) {
    INFO(refusal);
    ScriptedApi api({refusal, Conversation("out", "err", kSuccess)});
    const KubeClient kube(api.Access(), kLong);
    const Ran ran = Run(kube);
    REQUIRE(ran.code.has_value());
    CHECK(*ran.code == 0);
    CHECK(ran.out == "out");
    CHECK(ran.err == "err");
    CHECK(kube.speaks_spdy());
    const std::string path =
        "/api/v1/namespaces/x/pods/y/exec?stdout=true&stderr=true&container=ray&command=true";
    CHECK(api.Asked() == std::vector<std::string>{"GET " + path, "POST " + path});
    const std::string request = api.Request(1);
    for (const char* header : {"\r\nUpgrade: SPDY/3.1\r\n", "\r\nAuthorization: Bearer 1\r\n",
                               "\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n"})
      CHECK(request.find(header) != std::string::npos);
  }
}

TEST_CASE("a WebSocket that is accepted is used, and what is about us is no reason for SPDY") {
  ScriptedApi accepted({std::string(kWebSocketUpgrade) + WebSocketFrame(0x82, "\x03" + kSuccess)});
  const KubeClient kube(accepted.Access(), kLong);
  CHECK(Run(kube).code.has_value());
  CHECK_FALSE(kube.speaks_spdy());
  ScriptedApi stranger(
      {HttpAnswer(401, ""), HttpAnswer(401, ""), HttpAnswer(401, ""), StatusAnswer(401, "no")});
  CHECK(Run(KubeClient(stranger.Access(), kLong)).code.error().code == ErrorCode::kAuth);
  ScriptedApi busy({HttpAnswer(429, ""), StatusAnswer(429, "slow down")});
  CHECK(Run(KubeClient(busy.Access(), kLong)).code.error().code == ErrorCode::kUnavailable);
  for (ScriptedApi* api : {&stranger, &busy})
    for (const std::string& asked : api->Asked()) CHECK(asked.starts_with("GET "));
}

TEST_CASE("a refused WebSocket is not tried again, but one that was forbidden or failed is") {
  for (const int status : {200, 400, 404}) {
    INFO(status);
    ScriptedApi api(
        {HttpAnswer(status, ""), Conversation("1", "", kSuccess), Conversation("2", "", kSuccess)});
    const KubeClient kube(api.Access(), kLong);
    CHECK(Run(kube).out == "1");
    CHECK(Run(kube).out == "2");
  }
  for (const int status : {403, 500, 502}) {
    INFO(status);
    ScriptedApi api({HttpAnswer(status, ""), Conversation("1", "", kSuccess), HttpAnswer(status, ""),
                     Conversation("2", "", kSuccess)});
    const KubeClient kube(api.Access(), kLong);
    CHECK(Run(kube).out == "1");
    CHECK(Run(kube).out == "2");
  }
}

TEST_CASE("a client that speaks SPDY gets its refusals") {
  ScriptedApi api(
      {HttpAnswer(400, ""), Conversation("1", "", kSuccess), HttpAnswer(404, ""), StatusAnswer(404, "gone")});
  const KubeClient kube(api.Access(), kLong);
  CHECK(Run(kube).out == "1");
  CHECK(Run(kube).code.error().code == ErrorCode::kNotFound);
  CHECK(Run(kube).code.error().code == ErrorCode::kUnavailable);  // it is closed without an answer
}

TEST_CASE("if neither goes, the refusal that says most is the error") {
  const struct {
    int web_socket;
    int spdy;
    std::vector<std::string> why;  // answers to plain requests
    ErrorCode code;
    std::string end;
  } rows[] = {
      {400,
       400,
       {StatusAnswer(400, "Upgrade request required")},
       ErrorCode::kUsage,
       "Upgrade request required"},
      {404, 404, {StatusAnswer(404, "gone")}, ErrorCode::kNotFound, "does not serve pods/exec"},
      {500, 502, {StatusAnswer(500, "no kubelet")}, ErrorCode::kUnavailable, "no kubelet"},
      {403, 400, {StatusAnswer(403, "no get")}, ErrorCode::kAuth, "no get"},
      // A proxy refuses the one, and the server forbids the other.
      {400, 403, {StatusAnswer(400, "x"), StatusAnswer(403, "no create")}, ErrorCode::kAuth, "no create"},
  };
  for (const auto& row : rows) {
    INFO(row.end);
    std::vector<std::string> answers = {HttpAnswer(row.web_socket, ""), HttpAnswer(row.spdy, "")};
    answers.insert(answers.end(), row.why.begin(), row.why.end());
    ScriptedApi api(answers);
    const KubeClient kube(api.Access(), kLong);
    const Ran ran = Run(kube);
    REQUIRE_FALSE(ran.code.has_value());
    CHECK(ran.code.error().code == row.code);
    CHECK(ran.code.error().message.ends_with(row.end));
    CHECK(api.Asked().size() == answers.size());
    CHECK_FALSE(kube.speaks_spdy());
  }
}

TEST_CASE("a command over SPDY ends with its status, or is broken") {
  const std::string failure =
      R"({"status":"Failure","details":{"causes":[{"reason":"ExitCode","message":"3"}]}})";
  ScriptedApi failed({HttpAnswer(400, ""), Conversation("", "", failure)});
  CHECK(*Run(KubeClient(failed.Access(), kLong)).code == 3);
  ScriptedApi broken({HttpAnswer(400, ""), Conversation("some", "", "")});
  const Ran ran = Run(KubeClient(broken.Access(), kLong));
  REQUIRE_FALSE(ran.code.has_value());
  CHECK(ran.code.error().code == ErrorCode::kUnavailable);
  CHECK(ran.out == "some");
}

TEST_CASE("a command's input, its end and the window's size have streams of their own") {
  std::string opened, size, input;
  const SpdyServer server("v4.channel.k8s.io", [&](SpdyPeer& peer) {
    for (int i = 0; i < 4; ++i) {
      const SpdyFrame frame = peer.ReceiveNext(Kind::kSynStream);
      opened += std::to_string(frame.id) + frame.headers[0].second + " ";
      peer.Reply(frame.id);
    }
    bool ended = false;
    while (!ended || size.empty()) {
      const SpdyFrame frame = peer.ReceiveNext(Kind::kData);
      if (frame.kind != Kind::kData) break;
      (frame.id == 7 ? size : input) += frame.data;
      ended = ended || (frame.id == 3 && frame.fin);
    }
    peer.Send(1, kSuccess, true);
    peer.Send(5, "", true);
  });
  const KubeClient kube(server.Access(), kLong);
  const Pair terminal;
  terminal.ours().Send("typed");
  terminal.EndOurHalf();
  ExecIo io;
  io.input_fd = terminal.theirs();
  io.window_size = [] { return std::pair(80, 25); };
  const auto code = RunExec(kube, {"x", "y", "ray", {"bash"}, true, true}, io);
  REQUIRE(code.has_value());
  CHECK(*code == 0);
  CHECK(opened == "1error 3stdin 5stdout 7resize ");
  CHECK(size == R"({"Width":80,"Height":25})");
  CHECK(input == "typed");
}

TEST_CASE("a forwarded connection has a stream of data, whose half-close is passed on, and one of errors") {
  std::string opened, question;
  const SpdyServer server("portforward.k8s.io", [&](SpdyPeer& peer) {
    for (int i = 0; i < 2; ++i) {
      const SpdyFrame frame = peer.ReceiveNext(Kind::kSynStream);
      for (const auto& [name, value] : frame.headers) opened += name + "=" + value + " ";
      peer.Reply(frame.id);
    }
    while (true) {
      const SpdyFrame frame = peer.ReceiveNext(Kind::kData);
      question += frame.data;
      if (frame.kind != Kind::kData || frame.fin) break;
    }
    peer.Send(3, "ans");
    peer.Send(3, "wer", true);
    peer.Send(1, "", true);
  });
  const KubeClient kube(server.Access(), kLong);
  auto channels = OpenPodPort(kube, {"x", "y", 8265});
  REQUIRE(channels.has_value());
  const Pair local;
  local.ours().Send("question");
  local.EndOurHalf();
  const PumpEnd end = PumpPodPort(*std::move(channels), local.theirs(), -1);
  CHECK(local.ours().Receive(6) == "answer");
  CHECK((end.sent == 8 && end.received == 6 && end.remote_error.empty() && !end.broken));
  CHECK(question == "question");
  CHECK(opened == "streamtype=error port=8265 requestid=0 streamtype=data port=8265 requestid=0 ");
}

TEST_CASE("what the kubelet says of a port on which nobody listens") {
  const SpdyServer server("portforward.k8s.io", [&](SpdyPeer& peer) {
    for (const std::uint32_t stream : {1u, 3u}) peer.Reply(stream);
    peer.Send(1, "connection refused");
    peer.Reset(3);
    peer.Reset(1);
    peer.ReceiveNext(Kind::kGoAway);  // until the client is gone
  });
  const KubeClient kube(server.Access(), kLong);
  auto channels = OpenPodPort(kube, {"x", "y", 1});
  REQUIRE(channels.has_value());
  const Pair local;
  const PumpEnd end = PumpPodPort(*std::move(channels), local.theirs(), -1);
  CHECK(end.remote_error == "connection refused");
  CHECK_FALSE(end.broken);
}

TEST_CASE("much goes both ways over SPDY, and a client that reads slowly stops it") {
  const std::string much(3'000'000, 'm');
  std::string at_pod;
  const SpdyServer server("portforward.k8s.io", [&](SpdyPeer& peer) {
    for (const std::uint32_t stream : {1u, 3u}) peer.Reply(stream);
    std::thread sender([&] {
      for (std::size_t at = 0; at < much.size(); at += 30'000) peer.Send(3, much.substr(at, 30'000));
      peer.Send(3, "", true);
    });
    while (at_pod.size() < much.size()) {
      const SpdyFrame frame = peer.ReceiveNext(Kind::kData);
      if (frame.kind != Kind::kData) break;
      at_pod += frame.data;
    }
    sender.join();
    peer.Send(1, "", true);
  });
  const KubeClient kube(server.Access(), kLong);
  auto channels = OpenPodPort(kube, {"x", "y", 8265});
  REQUIRE(channels.has_value());
  const Pair local;
  std::string received;
  std::thread client([&] {
    local.ours().Send(much);
    received = local.ours().Receive(much.size());
  });
  const PumpEnd end = PumpPodPort(*std::move(channels), local.theirs(), -1);
  client.join();
  CHECK((received == much));
  CHECK((at_pod == much));
  CHECK((end.sent == much.size() && end.received == much.size()));
}
