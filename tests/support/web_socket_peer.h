// The server's side of a WebSocket (RFC 6455), as far as the tests need it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "tests/support/loopback.h"

// The answer that accepts a client's upgrade with the subprotocol v4.channel.k8s.io.
inline constexpr std::string_view kWebSocketUpgrade =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n";

// Returns a frame as a server sends it: its first byte (0x82 for a whole binary message) and the payload
// without a mask.
std::string WebSocketFrame(unsigned char first, std::string_view payload);

// Receives a frame of the client. Returns its first byte and the payload without its mask, or {-1, cause} if
// there is none or it is not masked.
std::pair<int, std::string> ReceiveWebSocketFrame(const LoopbackConnection& connection);
