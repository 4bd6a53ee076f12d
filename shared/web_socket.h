// A WebSocket client (RFC 6455) over libcurl's.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "shared/upgrade_refusal.h"

namespace shared {

struct WebSocketRequest {
  std::string url;  // ws:// or wss://
  HttpHeaders headers = {};
  std::string subprotocols = {};  // Sec-WebSocket-Protocol, comma separated, or empty
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(30);
  std::size_t max_message_bytes = 32u << 20;  // a larger message fails with kTooLarge
  // A ping is sent if nothing was sent for this time: proxies cut a connection that is silent for a minute,
  // or less.
  std::chrono::milliseconds ping_interval = std::chrono::seconds(5);  // kubectl's
};

struct WebSocketMessage {
  enum class Kind { kText, kBinary };
  Kind kind = Kind::kBinary;
  std::string payload;
};

// Not thread-safe: one thread owns it, and polls fd() beside what else it waits for.
class WebSocket {
 public:
  // Blocks until the upgrade is done, connect_timeout has passed or options.interrupt is raised.
  static Result<WebSocket, UpgradeRefusal> Connect(const HttpOptions& options,
                                                   const WebSocketRequest& request);
  ~WebSocket();
  WebSocket(WebSocket&&) noexcept;
  WebSocket& operator=(WebSocket&&) noexcept;

  // The subprotocol that the server chose, or empty.
  const std::string& subprotocol() const;

  // Poll it for POLLIN always, and for POLLOUT while unsent_bytes() > 0. Bytes may wait inside TLS, where
  // poll() does not see them: call TryReceive() until kWouldBlock before polling.
  int fd() const;

  enum class ReceiveState { kMessage, kWouldBlock, kClosed };

  // Receives without blocking, and answers pings. kClosed: the other side has closed the connection, with or
  // without a close frame; see close_code(). *message is set only with kMessage.
  Result<ReceiveState, HttpError> TryReceive(WebSocketMessage* message);

  // Sends a ping if one is due, and returns the time until the next one. A caller with a poll() of its own
  // calls this before, and polls no longer than that. Never blocks.
  std::chrono::milliseconds KeepAlive();

  // Calls TryReceive(), keeps the connection alive, and waits until `deadline` (kNoAnswer) or
  // options.interrupt (kInterrupted).
  Result<ReceiveState, HttpError> Receive(WebSocketMessage* message, Deadline deadline);

  // Takes one whole message for sending, and sends what the connection takes now. Never blocks; the rest is
  // sent by Flush(). After an error nothing more can be sent, but what has arrived can still be read. The
  // caller stops queueing while unsent_bytes() is more than it wants in memory.
  Result<std::monostate, HttpError> Queue(WebSocketMessage::Kind kind, std::string_view payload);
  Result<std::monostate, HttpError> Flush();
  // The bytes that are not sent yet, plus one for each frame. Never blocks.
  std::size_t unsent_bytes() const;

  // Blocks until everything that is queued is sent, `deadline` has passed or the Interrupt is raised.
  Result<std::monostate, HttpError> FlushAll(Deadline deadline);

  // The close frame's code after kClosed: 1000 is a normal end, 1006 none was sent (RFC 6455, 7.4).
  int close_code() const;

 private:
  struct State;
  void AnswerPing();
  explicit WebSocket(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace shared
