#include "shared/web_socket.h"

#include <poll.h>

#include <catch2/catch_test_macros.hpp>
#include <tuple>

#include "tests/support/web_socket_peer.h"

using namespace shared;
using Kind = WebSocketMessage::Kind;
using State = WebSocket::ReceiveState;

namespace {

// Connects to a server of the test's own.
auto Connect(const LoopbackServer& server, std::size_t max_message_bytes = 32u << 20) {
  return WebSocket::Connect({}, {.url = "ws://127.0.0.1:" + std::to_string(server.port()) + "/x",
                                 .subprotocols = "v5.channel.k8s.io, v4.channel.k8s.io",
                                 .connect_timeout = std::chrono::seconds(20),
                                 .max_message_bytes = max_message_bytes});
}

Deadline Soon() { return Deadline::After(std::chrono::seconds(20)); }

// What comes until the other side closes: each message in brackets, then how it ended.
std::string ReceiveAll(WebSocket& socket) {
  std::string all;
  WebSocketMessage message;
  while (true) {
    const auto state = socket.Receive(&message, Soon());
    if (!state) return all + "error: " + state.error().message;
    if (*state == State::kClosed) return all + "closed " + std::to_string(socket.close_code());
    all += (message.kind == Kind::kText ? "t[" : "b[") + message.payload + "]";
  }
}

}  // namespace

TEST_CASE("A WebSocket asks for its subprotocols and reports which was chosen") {
  std::string request;
  {
    const LoopbackServer server([&](const LoopbackConnection& connection) {
      request = connection.ReceiveRequest();
      connection.Send(kWebSocketUpgrade);
    });
    const auto socket = Connect(server);
    REQUIRE(socket.has_value());
    CHECK(socket->subprotocol() == "v4.channel.k8s.io");
  }
  CHECK(request.find("Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io\r\n") != request.npos);
}

TEST_CASE("A refused upgrade reports its status") {
  struct Case {
    std::string_view answer;
    int status;
  };
  for (const Case& c : {Case{"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", 403},
                        Case{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhtml", 200}, Case{"", 0}}) {
    const LoopbackServer server([&](const LoopbackConnection& connection) {
      connection.ReceiveRequest();
      connection.Send(c.answer);
    });
    const auto socket = Connect(server);
    REQUIRE_FALSE(socket.has_value());
    CHECK(socket.error().status == c.status);
  }
}

TEST_CASE("What comes in frames is received as messages, and a ping is answered") {
  struct Case {
    std::string frames;
    std::string expected;
  };
  const std::string large(200'000, 'x');
  for (const Case& c : {
           Case{WebSocketFrame(0x82, "a") + WebSocketFrame(0x81, "b"), "b[a]t[b]closed 1006"},
           Case{WebSocketFrame(0x82, "") + WebSocketFrame(0x82, large), "b[]b[" + large + "]closed 1006"},
           Case{WebSocketFrame(0x02, "a") + WebSocketFrame(0x00, "b") + WebSocketFrame(0x80, "c"),
                "b[abc]closed 1006"},
           Case{WebSocketFrame(0x82, "a") + WebSocketFrame(0x88, std::string("\x03\xe8", 2)),
                "b[a]closed 1000"},
           Case{WebSocketFrame(0x88, ""), "closed 1006"},
           Case{WebSocketFrame(0x8a, "unasked") + WebSocketFrame(0x82, "a"), "b[a]closed 1006"},
       }) {
    const LoopbackServer server([&](const LoopbackConnection& connection) {
      connection.ReceiveRequest();
      connection.Send(std::string(kWebSocketUpgrade) + c.frames);
    });
    auto socket = Connect(server);
    REQUIRE(socket.has_value());
    CHECK(ReceiveAll(*socket) == c.expected);
  }
}

TEST_CASE("A ping between the frames of a message is answered with its payload") {
  std::pair<int, std::string> answer;
  {
    const LoopbackServer server([&](const LoopbackConnection& connection) {
      connection.ReceiveRequest();
      connection.Send(std::string(kWebSocketUpgrade) + WebSocketFrame(0x02, "a") +
                      WebSocketFrame(0x89, "now") + WebSocketFrame(0x80, "b"));
      answer = ReceiveWebSocketFrame(connection);
    });
    auto socket = Connect(server);
    REQUIRE(socket.has_value());
    CHECK(ReceiveAll(*socket) == "b[ab]closed 1006");
  }
  CHECK(answer == std::pair<int, std::string>(0x8a, "now"));
}

TEST_CASE("Frames that are wrong end the connection with an error") {
  for (const std::string& frames :
       {WebSocketFrame(0x83, "reserved opcode"), WebSocketFrame(0xc2, "reserved bit"),
        std::string("\x82\x81\x01\x02\x03\x04z"), WebSocketFrame(0x80, "no first frame")}) {
    const LoopbackServer server([&](const LoopbackConnection& connection) {
      connection.ReceiveRequest();
      connection.Send(std::string(kWebSocketUpgrade) + frames);
    });
    auto socket = Connect(server);
    REQUIRE(socket.has_value());
    CHECK(ReceiveAll(*socket).starts_with("error: "));
  }
}

TEST_CASE("A message beyond the limit is an error, and is not held") {
  for (const std::size_t size : {99u, 100u, 101u}) {
    const LoopbackServer server([&](const LoopbackConnection& connection) {
      connection.ReceiveRequest();
      connection.Send(std::string(kWebSocketUpgrade) + WebSocketFrame(0x82, std::string(size, 'x')));
    });
    auto socket = Connect(server, 100);
    REQUIRE(socket.has_value());
    CHECK(ReceiveAll(*socket).starts_with("error: ") == (size > 100));
  }
}

TEST_CASE("What is sent arrives masked, whole and in order, whatever its size") {
  // Around the mask's 4 and 8 bytes, libcurl's pieces of 4096 and its buffer of 65535.
  const std::vector<std::size_t> sizes = {0,    1,    3,     4,     5,     7,     8,     9,       4095,
                                          4096, 4097, 65534, 65535, 65536, 70001, 65536, 1000000, 2};
  auto payload = [](std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 13 + i / 256 + size);
    return bytes;
  };
  std::vector<std::pair<int, std::string>> received;
  {
    const LoopbackServer server([&](const LoopbackConnection& connection) {
      connection.ReceiveRequest();
      connection.Send(kWebSocketUpgrade);
      for (std::size_t i = 0; i < sizes.size(); ++i) received.push_back(ReceiveWebSocketFrame(connection));
    });
    auto socket = Connect(server);
    REQUIRE(socket.has_value());
    for (const std::size_t size : sizes) REQUIRE(socket->Queue(Kind::kBinary, payload(size)).has_value());
    CHECK(socket->FlushAll(Soon()).has_value());
    CHECK(socket->unsent_bytes() == 0);
  }
  REQUIRE(received.size() == sizes.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    CAPTURE(sizes[i]);
    CHECK(received[i].first == 0x82);
    CHECK((received[i].second == payload(sizes[i])));
  }
}

TEST_CASE("Waiting ends with its deadline") {
  const LoopbackServer server([&](const LoopbackConnection& connection) {
    connection.ReceiveRequest();
    connection.Send(kWebSocketUpgrade);
    connection.Receive(1);  // until the client hangs up
  });
  auto socket = Connect(server);
  REQUIRE(socket.has_value());
  WebSocketMessage message;
  CHECK(*socket->TryReceive(&message) == State::kWouldBlock);
  const auto waited = socket->Receive(&message, Deadline::After(std::chrono::milliseconds(1)));
  REQUIRE_FALSE(waited.has_value());
  CHECK(waited.error().failure == HttpFailure::kNoAnswer);
}

// nginx and ALBs cut what is silent for 60 s; kubectl pings every 5 s. A server answers by itself.
TEST_CASE("A quiet WebSocket pings, whoever waits for it") {
  for (const bool by_receive : {true, false}) {
    int first = 0;
    std::string payload = "none";
    {
      const LoopbackServer server([&](const LoopbackConnection& connection) {
        connection.ReceiveRequest();
        connection.Send(kWebSocketUpgrade);
        std::tie(first, payload) = ReceiveWebSocketFrame(connection);
        connection.Send(WebSocketFrame(0x8a, "") + WebSocketFrame(0x82, "a") + WebSocketFrame(0x88, ""));
      });
      auto socket = WebSocket::Connect({}, {.url = "ws://127.0.0.1:" + std::to_string(server.port()) + "/x",
                                            .connect_timeout = std::chrono::seconds(20),
                                            .ping_interval = std::chrono::milliseconds(20)});
      REQUIRE(socket.has_value());
      WebSocketMessage message;
      if (by_receive) {
        CHECK(*socket->Receive(&message, Soon()) == State::kMessage);
      } else {
        const Deadline soon = Soon();
        while (*socket->TryReceive(&message) == State::kWouldBlock && !soon.passed()) {
          const auto next = socket->KeepAlive();
          CHECK(next <= std::chrono::milliseconds(20));
          pollfd fd = {socket->fd(), POLLIN, 0};
          poll(&fd, 1, static_cast<int>(next.count()));
        }
      }
      CHECK(message.payload == "a");
    }
    CHECK(first == 0x89);
    CHECK(payload.empty());
  }
}

TEST_CASE("A wait that has its deadline before the next ping ends there") {
  const LoopbackServer server([&](const LoopbackConnection& connection) {
    connection.ReceiveRequest();
    connection.Send(kWebSocketUpgrade);
    connection.Receive(1);
  });
  auto socket = Connect(server);
  REQUIRE(socket.has_value());
  WebSocketMessage message;
  const auto received = socket->Receive(&message, Deadline::After(std::chrono::milliseconds(30)));
  REQUIRE_FALSE(received.has_value());
  CHECK(received.error().failure == HttpFailure::kNoAnswer);
}
