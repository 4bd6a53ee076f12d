// The server's side of SPDY/3.1, as far as the tests need it.
#pragma once

#include <string>
#include <string_view>

#include "shared/spdy_frames.h"
#include "tests/support/loopback.h"

// Returns the answer that accepts a client's upgrade, for what is spoken on the streams.
std::string SpdyUpgrade(std::string_view protocol);

class SpdyPeer {
 public:
  explicit SpdyPeer(const LoopbackConnection& connection) : connection_(connection) {}

  // Returns the client's next frame, a data frame whole; a GOAWAY if the client is gone.
  shared::SpdyFrame Receive();
  // Receives until a frame of that kind has come, and returns it.
  shared::SpdyFrame ReceiveNext(shared::SpdyFrame::Kind kind);

  void Reply(std::uint32_t stream);
  void Send(std::uint32_t stream, std::string_view data, bool fin = false) const;
  void Reset(std::uint32_t stream) const;

 private:
  const LoopbackConnection& connection_;
  shared::SpdyFrameReader reader_;
  shared::SpdyFrameWriter writer_;
};
