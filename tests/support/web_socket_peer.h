// The server's side of a WebSocket (RFC 6455), as far as tests need it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "tests/support/loopback.h"

// The answer that takes a client's upgrade with the subprotocol v4.channel.k8s.io.
inline constexpr std::string_view kWebSocketUpgrade =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n";

// A frame as a server sends it: its first byte (0x82: a whole binary message), and the payload unmasked.
std::string WebSocketFrame(unsigned char first, std::string_view payload);

// A frame of the client's: its first byte, and the payload with its mask taken off. {-1, cause} where there
// is none, or it is not masked.
std::pair<int, std::string> ReceiveWebSocketFrame(const LoopbackConnection& connection);
