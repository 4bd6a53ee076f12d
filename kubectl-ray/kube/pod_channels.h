// The channels of one exec or of one forwarded connection, over whichever protocol they were opened:
// WebSocket (a message's first byte is its channel) or SPDY/3.1 (a stream for each channel).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "shared/spdy_connection.h"
#include "shared/web_socket.h"

namespace kubectl_ray {

// What is asked of the server for either protocol.
struct PodProtocol {
  std::string web_socket;  // subprotocols, the best one first: "v5.channel.k8s.io, v4.channel.k8s.io"
  std::string spdy;        // X-Stream-Protocol-Version

  struct Stream {
    char channel = 0;
    shared::HttpHeaders headers = {};
    bool receives = true;  // the server sends on it; the channels are closed once all of those have ended
  };
  std::vector<Stream> streams;  // SPDY's, in the order in which they are opened
};

// Not thread-safe: one thread owns it, and polls fd() beside what else it waits for.
class PodChannels {
 public:
  PodChannels(shared::WebSocket socket);  // NOLINT: a WebSocket is one way to have channels
  // Opens the streams.
  PodChannels(shared::SpdyConnection connection, const PodProtocol& protocol);

  // Whether the first message of each channel is the port's number: so it is for port-forward by WebSocket.
  bool greets() const;

  using ReceiveState = shared::WebSocket::ReceiveState;

  // Receives without blocking, and answers pings. *message is set only with kMessage, and its first byte, if
  // it is not empty, is the channel. kClosed: nothing more comes on any channel.
  shared::Result<ReceiveState, shared::HttpError> TryReceive(std::string* message);

  // Takes one message, whose first byte is the channel, and sends what the connection takes now. Never
  // blocks; the rest is sent by Flush(). After an error nothing more can be sent, but what has arrived can
  // still be read. Messages of channels that the protocol does not have are dropped.
  shared::Result<std::monostate, shared::HttpError> Queue(std::string_view message);
  shared::Result<std::monostate, shared::HttpError> Flush();

  // Passes on that nothing more is sent on a channel. Returns false if the protocol has no words for that:
  // WebSockets have them since v5.channel.k8s.io.
  bool End(char channel);

  // The bytes that are not sent yet: the caller stops queueing while they are more than it wants in memory.
  std::size_t unsent_bytes() const;
  // Whether to poll fd() for POLLOUT; for POLLIN always, after TryReceive() has returned kWouldBlock.
  bool waits_to_send() const;
  int fd() const;

  // Sends a ping if one is due, and returns the time until the next one. Never blocks.
  std::chrono::milliseconds KeepAlive();

 private:
  struct Spdy {
    struct Channel {
      char channel;
      std::uint32_t stream;
      bool awaited;  // more may come on it
    };
    shared::SpdyConnection connection;
    std::vector<Channel> channels;
    shared::SpdyEvent event = {};

    shared::Result<ReceiveState, shared::HttpError> TryReceive(std::string* message);
    const Channel* Find(char channel) const;
  };

  std::variant<shared::WebSocket, Spdy> way_;
  shared::WebSocketMessage message_;  // kept to reuse its memory
};

}  // namespace kubectl_ray
