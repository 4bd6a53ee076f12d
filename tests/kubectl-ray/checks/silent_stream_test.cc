#include "kubectl-ray/checks/silent_stream.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/web_socket_peer.h"

using namespace kubectl_ray;

namespace {

// Waits in silence on a stream whose other side sends these frames and then closes it.
shared::Result<SilentStream> WaitOn(const std::string& frames) {
  const LoopbackServer server([&](const LoopbackConnection& connection) {
    connection.ReceiveRequest();
    connection.Send(std::string(kWebSocketUpgrade) + frames);
  });
  auto socket = shared::WebSocket::Connect(
      {},
      {.url = "ws://127.0.0.1:" + std::to_string(server.port()) + "/", .subprotocols = "v4.channel.k8s.io"});
  REQUIRE(socket);
  PodChannels channels(*std::move(socket));
  return WaitInSilence(&channels, std::chrono::seconds(60), nullptr);
}

std::string Status(const std::string& json) { return WebSocketFrame(0x82, "\x03" + json); }

}  // namespace

TEST_CASE("a silent stream that lives to its command's end was not cut", "[checks][silent_stream]") {
  const auto end = WaitOn(WebSocketFrame(0x82, std::string("\x01", 1)) + Status(R"({"status":"Success"})"));
  REQUIRE(end);
  CHECK((end->cut.empty() && end->lasted == end->wanted));
}

TEST_CASE("a silent stream that ends before its command was cut", "[checks][silent_stream]") {
  const std::string normal("\x03\xe8", 2);
  for (const std::string& frames : {std::string(), WebSocketFrame(0x88, normal)}) {
    const auto end = WaitOn(frames);
    REQUIRE(end);
    CHECK((!end->cut.empty() && end->lasted.count() < 30));
  }
}

TEST_CASE("a command that cannot sleep proves nothing", "[checks][silent_stream]") {
  const auto end =
      WaitOn(Status(R"({"status":"Failure","details":{"causes":[{"reason":"ExitCode","message":"127"}]}})"));
  REQUIRE(!end);
  CHECK(end.error().message == "python3 in the head, which was to sleep, ended with 127");
}

TEST_CASE("Ctrl-C ends the silence", "[checks][silent_stream]") {
  const LoopbackServer server([](const LoopbackConnection& connection) {
    connection.ReceiveRequest();
    connection.Send(kWebSocketUpgrade);
    connection.Receive(1);  // until the client is gone
  });
  auto socket =
      shared::WebSocket::Connect({}, {.url = "ws://127.0.0.1:" + std::to_string(server.port()) + "/"});
  REQUIRE(socket);
  PodChannels channels(*std::move(socket));
  shared::Interrupt interrupt;
  interrupt.Raise(2);
  const auto end = WaitInSilence(&channels, std::chrono::seconds(60), &interrupt);
  REQUIRE(!end);
  CHECK(end.error().code == shared::ErrorCode::kInterrupted);
}
