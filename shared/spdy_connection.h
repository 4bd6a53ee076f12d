// A connection with several streams each way (SPDY/3.1), which an HTTP/1.1 POST was upgraded to.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "shared/upgrade_refusal.h"

namespace shared {

struct SpdyRequest {
  std::string url;  // http:// or https://
  HttpHeaders headers = {};
  std::string protocol = {};  // X-Stream-Protocol-Version: what is spoken on the streams
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(30);
  // How long a stream that we open may stay without a reply, until the connection counts as broken.
  std::chrono::milliseconds reply_timeout = std::chrono::seconds(30);  // kubectl's
  // A ping is sent if nothing was sent for this time.
  std::chrono::milliseconds ping_interval = std::chrono::seconds(5);  // kubectl's
};

// What has come on one of our streams.
struct SpdyEvent {
  std::uint32_t stream = 0;
  std::string data = {};
  bool ended = false;  // nothing more comes on it: the other side has ended or reset it
};

// Not thread-safe: one thread owns it, and polls fd() beside what else it waits for. Windows of SPDY are
// neither kept nor enforced, as in Kubernetes' own library (moby/spdystream): who reads slowly stops the
// connection with all its streams.
class SpdyConnection {
 public:
  // Blocks until the upgrade is done, connect_timeout has passed or options.interrupt is raised. An answer
  // 101 for another protocol than was asked for is a refusal, too.
  static Result<SpdyConnection, UpgradeRefusal> Connect(const HttpOptions& options,
                                                        const SpdyRequest& request);
  ~SpdyConnection();
  SpdyConnection(SpdyConnection&&) noexcept;
  SpdyConnection& operator=(SpdyConnection&&) noexcept;

  // Opens a stream and returns its number. What is queued for it waits for the other side's reply, because
  // data that comes before is lost there. Never blocks.
  std::uint32_t Open(const HttpHeaders& headers);

  // Takes bytes for a stream, or its end, and sends what the connection takes now. Never blocks; the rest is
  // sent by Flush(). After an error nothing more can be sent, but what has arrived can still be read. The
  // caller stops queueing while unsent_bytes() is more than it wants in memory.
  Result<std::monostate, HttpError> Queue(std::uint32_t stream, std::string_view bytes);
  Result<std::monostate, HttpError> End(std::uint32_t stream);
  Result<std::monostate, HttpError> Flush();
  std::size_t unsent_bytes() const;
  // Whether the connection takes no more at the moment; what waits for a stream's reply does not count.
  bool waits_to_send() const;

  enum class ReceiveState { kEvent, kWouldBlock, kClosed };

  // Receives without blocking, and answers pings. *event is set only with kEvent. kClosed: the other side has
  // closed the connection or says that it goes away. Errors: kProtocol for frames that are wrong, kNoAnswer
  // for a stream without a reply.
  Result<ReceiveState, HttpError> TryReceive(SpdyEvent* event);

  // Poll it for POLLIN always, and for POLLOUT while waits_to_send(), for as long as KeepAlive() says. Bytes
  // may wait inside TLS, where poll() does not see them: call TryReceive() until kWouldBlock before polling.
  int fd() const;

  // Sends a ping if one is due, and returns the time until the next one. Never blocks.
  std::chrono::milliseconds KeepAlive();

 private:
  struct State;
  explicit SpdyConnection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace shared
