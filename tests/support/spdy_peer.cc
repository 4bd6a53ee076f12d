#include "tests/support/spdy_peer.h"

using shared::SpdyFrame;
using shared::SpdyFrameWriter;

std::string SpdyUpgrade(std::string_view protocol) {
  return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
         "X-Stream-Protocol-Version: " +
         std::string(protocol) + "\r\n\r\n";
}

SpdyFrame SpdyPeer::Receive() {
  std::string bytes = connection_.Receive(8);
  std::size_t length = 0;
  for (std::size_t i = 5; i < bytes.size(); ++i) length = length << 8 | static_cast<unsigned char>(bytes[i]);
  bytes += connection_.Receive(length);
  reader_.Append(bytes);
  const auto frame = reader_.Next();
  if (!frame || !*frame) return {.kind = SpdyFrame::Kind::kGoAway};
  return **frame;
}

SpdyFrame SpdyPeer::ReceiveNext(SpdyFrame::Kind kind) {
  while (true) {
    SpdyFrame frame = Receive();
    if (frame.kind == kind || frame.kind == SpdyFrame::Kind::kGoAway) return frame;
  }
}

void SpdyPeer::Reply(std::uint32_t stream) {
  std::string bytes;
  writer_.SynReply(stream, {}, &bytes);
  connection_.Send(bytes);
}

void SpdyPeer::Send(std::uint32_t stream, std::string_view data, bool fin) const {
  std::string bytes;
  SpdyFrameWriter::Data(stream, data, fin, &bytes);
  connection_.Send(bytes);
}

void SpdyPeer::Reset(std::uint32_t stream) const {
  std::string bytes;
  SpdyFrameWriter::RstStream(stream, 5, &bytes);
  connection_.Send(bytes);
}
