#include "tests/support/web_socket_peer.h"

std::string WebSocketFrame(unsigned char first, std::string_view payload) {
  std::string frame(1, static_cast<char>(first));
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else {
    frame += '\x7f';
    for (int shift = 56; shift >= 0; shift -= 8) frame += static_cast<char>(payload.size() >> shift);
  }
  return frame.append(payload);
}

std::pair<int, std::string> ReceiveWebSocketFrame(const LoopbackConnection& connection) {
  const std::string head = connection.Receive(2);
  if (head.size() < 2) return {-1, ""};
  const auto byte = [](char c) { return static_cast<unsigned char>(c); };
  if ((byte(head[1]) & 0x80) == 0) return {-1, "not masked"};  // RFC 6455, 5.3
  std::size_t size = byte(head[1]) & 0x7fu;
  const std::size_t length_bytes = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (length_bytes > 0) {
    size = 0;
    for (const char c : connection.Receive(length_bytes)) size = size << 8 | byte(c);
  }
  const std::string mask = connection.Receive(4);
  std::string payload = connection.Receive(size);
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
  return {byte(head[0]), std::move(payload)};
}
