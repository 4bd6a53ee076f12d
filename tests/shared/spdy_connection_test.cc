#include "shared/spdy_connection.h"

#include <poll.h>

#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "tests/support/spdy_peer.h"

using namespace shared;
using Kind = SpdyFrame::Kind;
using State = SpdyConnection::ReceiveState;

namespace {

constexpr std::chrono::seconds kLong(20);

SpdyRequest RequestTo(const LoopbackServer& server) {
  return {.url = "http://127.0.0.1:" + std::to_string(server.port()) + "/x?y=z",
          .headers = {{"Authorization", "Bearer t"}},
          .protocol = "p",
          .connect_timeout = kLong};
}

// A server that accepts the upgrade and then does what the test says.
class Server {
 public:
  explicit Server(const std::function<void(const LoopbackConnection&, SpdyPeer&)>& serve)
      : server_([serve](const LoopbackConnection& connection) {
          connection.ReceiveRequest();
          connection.Send(SpdyUpgrade("p"));
          SpdyPeer peer(connection);
          serve(connection, peer);
        }) {}

  SpdyConnection Connect(std::chrono::milliseconds reply_timeout = kLong,
                         std::chrono::milliseconds ping_interval = kLong) const {
    SpdyRequest request = RequestTo(server_);
    request.reply_timeout = reply_timeout;
    request.ping_interval = ping_interval;
    auto connection = SpdyConnection::Connect({}, request);
    REQUIRE(connection.has_value());
    return *std::move(connection);
  }

 private:
  LoopbackServer server_;
};

void Poll(SpdyConnection& connection) {
  pollfd fd = {connection.fd(), static_cast<short>(POLLIN | (connection.waits_to_send() ? POLLOUT : 0)), 0};
  poll(&fd, 1, static_cast<int>(connection.KeepAlive().count()));
  (void)!connection.Flush();
}

// What comes until the connection ends: "1[data]", "1." for a stream's end, then how the connection ended.
std::string ReceiveAll(SpdyConnection& connection) {
  std::string all;
  while (true) {
    SpdyEvent event;
    const auto state = connection.TryReceive(&event);
    if (!state) return all + "error: " + state.error().message;
    if (*state == State::kClosed) return all + "closed";
    if (*state == State::kWouldBlock) {
      Poll(connection);
      continue;
    }
    const std::string id = std::to_string(event.stream);
    if (!event.data.empty()) all += id + "[" + event.data + "]";
    if (event.ended) all += id + ".";
  }
}

}  // namespace

TEST_CASE("SPDY is asked for by a POST with all headers") {
  std::string request;
  const LoopbackServer server([&](const LoopbackConnection& connection) {
    request = connection.ReceiveRequest();
    connection.Send(SpdyUpgrade("p"));
  });
  {
    HttpOptions options;
    options.user_agent = "agent";
    REQUIRE(SpdyConnection::Connect(options, RequestTo(server)).has_value());
  }
  CHECK(request == "POST /x?y=z HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                       "\r\nUser-Agent: agent\r\nAuthorization: Bearer t\r\nConnection: Upgrade\r\n"
                       "Upgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: p\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("an upgrade that is refused reports the status") {
  const struct {
    std::string answer;
    int status;
    HttpFailure failure;
  } rows[] = {
      {"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", 403, HttpFailure::kProtocol},
      {"HTTP/1.1 200 OK\r\n\r\n", 200, HttpFailure::kProtocol},
      {SpdyUpgrade("other"), 101, HttpFailure::kProtocol},
      {"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nX-Stream-Protocol-Version: p\r\n\r\n", 101,
       HttpFailure::kProtocol},
      {"SSH-2.0-x\r\n\r\n", 0, HttpFailure::kProtocol},
      {"HTTP/1.1 101 x\r\nUpgrade: SPDY/3.1\r\n", 0, HttpFailure::kClosed},
      {"", 0, HttpFailure::kClosed},
      {std::string(100'000, 'x'), 0, HttpFailure::kTooLarge},
  };
  for (const auto& row : rows) {
    INFO(row.answer.substr(0, 100));
    const LoopbackServer server([&](const LoopbackConnection& connection) {
      connection.ReceiveRequest();
      connection.Send(row.answer);
    });
    const auto connection = SpdyConnection::Connect({}, RequestTo(server));
    REQUIRE_FALSE(connection.has_value());
    CHECK(connection.error().status == row.status);
    CHECK(connection.error().error.failure == row.failure);
  }
}

TEST_CASE("a header with a line break is not sent") {
  const LoopbackServer server([](const LoopbackConnection&) {});
  SpdyRequest request = RequestTo(server);
  request.headers = {{"Impersonate-User", "a\r\nb: c"}};
  const auto connection = SpdyConnection::Connect({}, request);
  REQUIRE_FALSE(connection.has_value());
  CHECK(connection.error().error.failure == HttpFailure::kInternal);
}

TEST_CASE("Ctrl-C and time end a wait for the upgrade") {
  const LoopbackServer server([](const LoopbackConnection& connection) {
    connection.ReceiveRequest();
    connection.Receive(1);
  });
  SpdyRequest request = RequestTo(server);
  request.connect_timeout = std::chrono::milliseconds(50);
  CHECK(SpdyConnection::Connect({}, request).error().error.failure == HttpFailure::kNoAnswer);
  Interrupt interrupt;
  interrupt.Raise(2);
  HttpOptions options;
  options.interrupt = &interrupt;
  CHECK(SpdyConnection::Connect(options, RequestTo(server)).error().error.failure ==
        HttpFailure::kInterrupted);
}

TEST_CASE("streams have their headers and their data, both ways, to their ends") {
  std::string at_peer;
  const Server server([&](const LoopbackConnection&, SpdyPeer& peer) {
    for (int i = 0; i < 2; ++i) {
      const SpdyFrame opened = peer.ReceiveNext(Kind::kSynStream);
      at_peer += std::to_string(opened.id) + opened.headers[0].second + " ";
      peer.Reply(opened.id);
    }
    peer.Send(3, "hello");
    peer.Send(9, "of no stream");
    while (true) {
      const SpdyFrame data = peer.ReceiveNext(Kind::kData);
      at_peer += data.data + (data.fin ? "." : "");
      if (data.fin || data.kind != Kind::kData) break;
    }
    peer.Send(1, "bye", true);
    peer.Reset(3);
    peer.Send(3, "too late");
  });
  SpdyConnection connection = server.Connect();
  CHECK(connection.Open({{"streamType", "error"}}) == 1);
  CHECK(connection.Open({{"streamType", "data"}}) == 3);
  CHECK(connection.Queue(3, "ab").has_value());
  CHECK(connection.Queue(3, "c").has_value());
  CHECK(connection.End(3).has_value());
  CHECK(ReceiveAll(connection) == "3[hello]1[bye]1.3.closed");
  CHECK(at_peer == "1error 3data abc.");
}

TEST_CASE("what is queued for a stream waits for its reply, and is not waited for by poll") {
  bool early = false;
  std::string data;
  const Server server([&](const LoopbackConnection& connection, SpdyPeer& peer) {
    peer.ReceiveNext(Kind::kSynStream);
    // A ping between: what the client sent before its answer would have come by then.
    std::string ping;
    SpdyFrameWriter::Ping(2, &ping);
    connection.Send(ping);
    early = peer.Receive().kind != Kind::kPing;
    peer.Reply(1);
    data = peer.ReceiveNext(Kind::kData).data;
  });
  SpdyConnection connection = server.Connect();
  connection.Open({{"streamType", "stdin"}});
  CHECK(connection.Queue(1, "held").has_value());
  CHECK(connection.unsent_bytes() == 12);
  CHECK_FALSE(connection.waits_to_send());
  CHECK(ReceiveAll(connection) == "closed");
  CHECK(connection.unsent_bytes() == 0);
  CHECK_FALSE(early);
  CHECK(data == "held");
}

TEST_CASE("a stream that is reset before its reply takes no more") {
  const Server server([](const LoopbackConnection&, SpdyPeer& peer) {
    peer.ReceiveNext(Kind::kSynStream);
    peer.Reset(1);
  });
  SpdyConnection connection = server.Connect();
  connection.Open({});
  (void)!connection.Queue(1, "lost");
  CHECK(ReceiveAll(connection) == "1.closed");
  (void)!connection.Queue(1, "lost");
  CHECK(connection.unsent_bytes() == 0);
}

TEST_CASE("a stream without a reply breaks the connection in time") {
  const Server server([](const LoopbackConnection& connection, SpdyPeer&) { connection.Receive(1000); });
  SpdyConnection connection = server.Connect(std::chrono::milliseconds(50), std::chrono::milliseconds(20));
  connection.Open({});
  CHECK(ReceiveAll(connection) == "error: a stream got no reply");
}

TEST_CASE("a connection that is silent is kept alive by pings of odd numbers") {
  std::vector<std::uint32_t> pings;
  const Server server([&](const LoopbackConnection&, SpdyPeer& peer) {
    while (pings.size() < 3) pings.push_back(peer.ReceiveNext(Kind::kPing).id);
  });
  SpdyConnection connection = server.Connect(kLong, std::chrono::milliseconds(5));
  CHECK(ReceiveAll(connection) == "closed");
  CHECK(pings == std::vector<std::uint32_t>{1, 3, 5});
}

TEST_CASE("the server's own streams are refused, and its end is the end") {
  SpdyFrame refused;
  const Server server([&](const LoopbackConnection& connection, SpdyPeer& peer) {
    SpdyFrameWriter writer;
    std::string bytes;
    writer.SynStream(2, {}, &bytes);
    connection.Send(bytes);
    refused = peer.ReceiveNext(Kind::kRstStream);
    connection.Send(std::string("\x80\x03\0\x07\0\0\0\x08\0\0\0\0\0\0\0\0", 16));
    connection.Receive(1);  // until the client is gone
  });
  {
    SpdyConnection connection = server.Connect();
    CHECK(ReceiveAll(connection) == "closed");
  }
  CHECK((refused.id == 2 && refused.value == 3));
}

TEST_CASE("a server that pings and does not read fills no memory") {
  const Server server([](const LoopbackConnection& connection, SpdyPeer&) {
    std::string pings;
    for (std::uint32_t id = 2; id < 400'000; id += 2) SpdyFrameWriter::Ping(id, &pings);
    connection.Send(pings);
  });
  SpdyConnection connection = server.Connect();
  std::size_t most = 0;
  SpdyEvent event;
  auto state = connection.TryReceive(&event);
  while (state && *state == State::kWouldBlock) {
    most = std::max(most, connection.unsent_bytes());
    Poll(connection);
    state = connection.TryReceive(&event);
  }
  CHECK(std::max(most, connection.unsent_bytes()) < 70'000);
}

TEST_CASE("frames that are wrong break the connection") {
  const Server server([](const LoopbackConnection& connection, SpdyPeer&) {
    connection.Send(std::string("\x80\x02\0\x06\0\0\0\x04\0\0\0\x02", 12));
  });
  SpdyConnection connection = server.Connect();
  CHECK(ReceiveAll(connection) == "error: another version than SPDY/3");
}
