#include "shared/web_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <thread>

using namespace shared;
using Kind = WebSocketMessage::Kind;
using State = WebSocket::ReceiveState;

namespace {

// One connection of a server that says what a test tells it to, byte by byte.
class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {}

  void Send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  std::string Receive(std::size_t size) const {
    std::string bytes(size, '\0');
    const ssize_t n = recv(fd_, bytes.data(), size, MSG_WAITALL);
    bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return bytes;
  }

  std::string ReceiveRequest() const {
    std::string request;
    while (!request.ends_with("\r\n\r\n")) {
      const std::string byte = Receive(1);
      if (byte.empty()) break;
      request += byte;
    }
    return request;
  }

  // A frame of the client's: its first byte, and the payload with its mask taken off.
  std::pair<int, std::string> ReceiveFrame() const {
    const std::string head = Receive(2);
    if (head.size() < 2) return {-1, ""};
    const auto byte = [](char c) { return static_cast<unsigned char>(c); };
    if ((byte(head[1]) & 0x80) == 0) return {-1, "not masked"};  // RFC 6455, 5.3
    std::size_t size = byte(head[1]) & 0x7fu;
    const std::size_t length_bytes = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (length_bytes > 0) {
      size = 0;
      for (const char c : Receive(length_bytes)) size = size << 8 | byte(c);
    }
    const std::string mask = Receive(4);
    std::string payload = Receive(size);
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
    return {byte(head[0]), std::move(payload)};
  }

 private:
  int fd_;
};

std::string Frame(unsigned char first, std::string_view payload) {
  std::string frame(1, static_cast<char>(first));
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else {
    frame += '\x7f';
    for (int shift = 56; shift >= 0; shift -= 8) frame += static_cast<char>(payload.size() >> shift);
  }
  return frame.append(payload);
}

class Server {
 public:
  explicit Server(std::function<void(const Connection&)> serve) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(listen(fd_, 1) == 0);
    REQUIRE(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this, serve = std::move(serve)] {
      const int connection = accept(fd_, nullptr, nullptr);
      serve(Connection(connection));
      close(connection);
    });
  }
  ~Server() {
    shutdown(fd_, SHUT_RDWR);  // wakes the thread where nobody came
    thread_.join();
    close(fd_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  auto Connect(std::size_t max_message_bytes = 32u << 20) const {
    return WebSocket::Connect({}, {.url = "ws://127.0.0.1:" + std::to_string(port_) + "/x",
                                   .subprotocols = "v5.channel.k8s.io, v4.channel.k8s.io",
                                   .connect_timeout = std::chrono::seconds(20),
                                   .max_message_bytes = max_message_bytes});
  }

 private:
  int fd_ = -1;
  int port_ = 0;
  std::jthread thread_;
};

constexpr std::string_view kUpgrade =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n";

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

TEST_CASE("A WebSocket asks for its subprotocols and tells which was chosen") {
  std::string request;
  {
    const Server server([&](const Connection& connection) {
      request = connection.ReceiveRequest();
      connection.Send(kUpgrade);
    });
    const auto socket = server.Connect();
    REQUIRE(socket.has_value());
    CHECK(socket->subprotocol() == "v4.channel.k8s.io");
  }
  CHECK(request.find("Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io\r\n") != request.npos);
}

TEST_CASE("A refused upgrade tells its status") {
  struct Case {
    std::string_view answer;
    int status;
  };
  for (const Case& c : {Case{"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", 403},
                        Case{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhtml", 200}, Case{"", 0}}) {
    const Server server([&](const Connection& connection) {
      connection.ReceiveRequest();
      connection.Send(c.answer);
    });
    const auto socket = server.Connect();
    REQUIRE_FALSE(socket.has_value());
    CHECK(socket.error().status == c.status);
  }
}

TEST_CASE("What comes in frames is told as messages, and a ping is answered") {
  struct Case {
    std::string frames;
    std::string told;
  };
  const std::string large(200'000, 'x');
  for (const Case& c : {
           Case{Frame(0x82, "a") + Frame(0x81, "b"), "b[a]t[b]closed 1006"},
           Case{Frame(0x82, "") + Frame(0x82, large), "b[]b[" + large + "]closed 1006"},
           Case{Frame(0x02, "a") + Frame(0x00, "b") + Frame(0x80, "c"), "b[abc]closed 1006"},
           Case{Frame(0x82, "a") + Frame(0x88, std::string("\x03\xe8", 2)), "b[a]closed 1000"},
           Case{Frame(0x88, ""), "closed 1006"},
           Case{Frame(0x8a, "unasked") + Frame(0x82, "a"), "b[a]closed 1006"},
       }) {
    const Server server([&](const Connection& connection) {
      connection.ReceiveRequest();
      connection.Send(std::string(kUpgrade) + c.frames);
    });
    auto socket = server.Connect();
    REQUIRE(socket.has_value());
    CHECK(ReceiveAll(*socket) == c.told);
  }
}

TEST_CASE("A ping between the frames of a message is answered with its payload") {
  std::pair<int, std::string> answer;
  {
    const Server server([&](const Connection& connection) {
      connection.ReceiveRequest();
      connection.Send(std::string(kUpgrade) + Frame(0x02, "a") + Frame(0x89, "now") + Frame(0x80, "b"));
      answer = connection.ReceiveFrame();
    });
    auto socket = server.Connect();
    REQUIRE(socket.has_value());
    CHECK(ReceiveAll(*socket) == "b[ab]closed 1006");
  }
  CHECK(answer == std::pair<int, std::string>(0x8a, "now"));
}

TEST_CASE("Frames that are wrong end the connection with an error") {
  for (const std::string& frames :
       {Frame(0x83, "reserved opcode"), Frame(0xc2, "reserved bit"), std::string("\x82\x81\x01\x02\x03\x04z"),
        Frame(0x80, "no first frame")}) {
    const Server server([&](const Connection& connection) {
      connection.ReceiveRequest();
      connection.Send(std::string(kUpgrade) + frames);
    });
    auto socket = server.Connect();
    REQUIRE(socket.has_value());
    CHECK(ReceiveAll(*socket).starts_with("error: "));
  }
}

TEST_CASE("A message beyond the limit is an error, and is not held") {
  for (const std::size_t size : {99u, 100u, 101u}) {
    const Server server([&](const Connection& connection) {
      connection.ReceiveRequest();
      connection.Send(std::string(kUpgrade) + Frame(0x82, std::string(size, 'x')));
    });
    auto socket = server.Connect(100);
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
    const Server server([&](const Connection& connection) {
      connection.ReceiveRequest();
      connection.Send(kUpgrade);
      for (std::size_t i = 0; i < sizes.size(); ++i) received.push_back(connection.ReceiveFrame());
    });
    auto socket = server.Connect();
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
  const Server server([&](const Connection& connection) {
    connection.ReceiveRequest();
    connection.Send(kUpgrade);
    connection.Receive(1);  // until the client hangs up
  });
  auto socket = server.Connect();
  REQUIRE(socket.has_value());
  WebSocketMessage message;
  CHECK(*socket->TryReceive(&message) == State::kWouldBlock);
  const auto waited = socket->Receive(&message, Deadline::After(std::chrono::milliseconds(1)));
  REQUIRE_FALSE(waited.has_value());
  CHECK(waited.error().failure == HttpFailure::kNoAnswer);
}
