// Reads and writes the frames of SPDY/3.1 (SPDY Protocol, draft 3.1) and the answer that begins a connection
// of it. Pure: bytes in, values out, and the other way round.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "shared/http_client.h"

namespace shared {

struct SpdyFrame {
  enum class Kind : std::uint16_t {
    kData = 0,
    kSynStream = 1,
    kSynReply = 2,
    kRstStream = 3,
    kSettings = 4,
    kPing = 6,
    kGoAway = 7,
    kHeaders = 8,
    kWindowUpdate = 9,
  };
  Kind kind = Kind::kData;
  std::uint32_t id = 0;     // the stream's; a ping's own; of kGoAway the last stream that was accepted
  bool fin = false;         // the stream's last frame of this side
  std::uint32_t value = 0;  // the status of kRstStream and kGoAway, the bytes of kWindowUpdate
  HttpHeaders headers = {};
  std::string data = {};  // of kData: all of the frame, or the part that has come

  bool operator==(const SpdyFrame&) const = default;
};

// Reads what the other side sends. Its headers are one zlib stream from the first frame to the last, so a
// reader is used for one connection, and for nothing more after an error.
class SpdyFrameReader {
 public:
  SpdyFrameReader();
  ~SpdyFrameReader();
  SpdyFrameReader(SpdyFrameReader&&) noexcept;
  SpdyFrameReader& operator=(SpdyFrameReader&&) noexcept;

  // Adds bytes that have come.
  void Append(std::string_view bytes);

  // Returns the next frame, or nothing if more bytes are needed. The payload of a data frame is returned in
  // the parts in which it comes, and `fin` only with the last one, so that no frame is held in memory whole.
  // Frames of unknown types are left out. Errors, in lower case: another version, a stream 0, a length that
  // does not fit the type, a control frame over 64 KiB, headers that are not zlib, over 64 KiB, or do not
  // fill their frame.
  Result<std::optional<SpdyFrame>, std::string> Next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Writes the frames that a client sends. One for each connection, for the same reason.
class SpdyFrameWriter {
 public:
  SpdyFrameWriter();
  ~SpdyFrameWriter();
  SpdyFrameWriter(SpdyFrameWriter&&) noexcept;
  SpdyFrameWriter& operator=(SpdyFrameWriter&&) noexcept;

  // Each appends one frame to *out. Names of headers are written in lower case.
  void SynStream(std::uint32_t id, const HttpHeaders& headers, std::string* out);
  void SynReply(std::uint32_t id, const HttpHeaders& headers, std::string* out);
  // `bytes` are fewer than 16 MiB.
  static void Data(std::uint32_t id, std::string_view bytes, bool fin, std::string* out);
  static void RstStream(std::uint32_t id, std::uint32_t status, std::string* out);
  static void Ping(std::uint32_t id, std::string* out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What a server answered to `Upgrade: SPDY/3.1`.
struct SpdyUpgradeAnswer {
  int status = 0;
  bool spdy = false;     // the Upgrade header names SPDY/3.1
  std::string protocol;  // X-Stream-Protocol-Version
};

// Reads a status line and headers up to the blank line; nothing if it is not HTTP/1.
std::optional<SpdyUpgradeAnswer> ReadSpdyUpgradeAnswer(std::string_view head);

}  // namespace shared
