#include "shared/spdy_frames.h"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "shared/spdy_dictionary.h"

namespace shared {
namespace {

using Kind = SpdyFrame::Kind;

constexpr std::size_t kFrameHead = 8;
constexpr std::size_t kMaxControlBytes = 64 * 1024;
constexpr std::size_t kMaxHeaderBytes = 64 * 1024;  // after decompression
constexpr std::uint32_t kControlBit = 0x80000000;
constexpr std::uint32_t kVersion = 3;
constexpr unsigned char kFin = 1;

// zlib's structs take bytes that are not const, and do not write them.
Bytef* Bytes(std::string_view text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); }
uInt Size(std::string_view text) { return static_cast<uInt>(text.size()); }

std::uint32_t Read32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

void Write32(std::uint32_t value, std::string* out) {
  for (int shift = 24; shift >= 0; shift -= 8) *out += static_cast<char>(value >> shift);
}

void WriteHead(std::uint32_t first, unsigned char flags, std::size_t length, std::string* out) {
  Write32(first, out);
  Write32(static_cast<std::uint32_t>(flags) << 24 | static_cast<std::uint32_t>(length), out);
}

void WriteControlHead(Kind kind, std::size_t length, std::string* out) {
  WriteHead(kControlBit | kVersion << 16 | static_cast<std::uint32_t>(kind), 0, length, out);
}

char LowerAscii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), LowerAscii);
  return lower;
}

// A block of names and values, each after its length.
std::string HeaderBlock(const HttpHeaders& headers) {
  std::string block;
  Write32(static_cast<std::uint32_t>(headers.size()), &block);
  for (const auto& [name, value] : headers) {
    Write32(static_cast<std::uint32_t>(name.size()), &block);
    block += Lower(name);
    Write32(static_cast<std::uint32_t>(value.size()), &block);
    block += value;
  }
  return block;
}

// Takes a text after its length off the front of *block; nothing if the length lies.
std::optional<std::string> TakeText(std::string_view* block) {
  if (block->size() < 4) return std::nullopt;
  const std::uint32_t size = Read32(*block);
  block->remove_prefix(4);
  if (size > block->size()) return std::nullopt;
  std::string text(block->substr(0, size));
  block->remove_prefix(size);
  return text;
}

std::optional<HttpHeaders> ParseHeaderBlock(std::string_view block) {
  if (block.size() < 4) return std::nullopt;
  const std::uint32_t count = Read32(block);
  block.remove_prefix(4);
  if (count > block.size() / 8) return std::nullopt;
  HttpHeaders headers;
  for (std::uint32_t i = 0; i < count; ++i) {
    auto name = TakeText(&block);
    auto value = name ? TakeText(&block) : std::nullopt;
    if (!value) return std::nullopt;
    headers.emplace_back(*std::move(name), *std::move(value));
  }
  if (!block.empty()) return std::nullopt;
  return headers;
}

// How long a control frame of a kind is: its fixed part, and whether more may follow.
struct Shape {
  std::size_t fixed;
  bool more;
};

std::optional<Shape> ShapeOf(Kind kind) {
  switch (kind) {
    case Kind::kSynStream:
      return Shape{10, true};
    case Kind::kSynReply:
    case Kind::kHeaders:
    case Kind::kSettings:
      return Shape{4, true};
    case Kind::kRstStream:
    case Kind::kGoAway:
    case Kind::kWindowUpdate:
      return Shape{8, false};
    case Kind::kPing:
      return Shape{4, false};
    case Kind::kData:
      break;
  }
  return std::nullopt;
}

bool OfStream(Kind kind) {
  return kind != Kind::kSettings && kind != Kind::kPing && kind != Kind::kGoAway &&
         kind != Kind::kWindowUpdate;
}

bool HasHeaders(Kind kind) {
  return kind == Kind::kSynStream || kind == Kind::kSynReply || kind == Kind::kHeaders;
}

}  // namespace

struct SpdyFrameReader::State {
  State() {
    if (inflateInit(&zlib) != Z_OK) std::abort();  // as operator new would: no memory is left
  }
  ~State() { inflateEnd(&zlib); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Decompresses one block, which ends where the compressor has flushed.
  Result<HttpHeaders, std::string> Inflate(std::string_view compressed) {
    std::string block(kMaxHeaderBytes + 1, '\0');
    zlib.next_in = Bytes(compressed);
    zlib.avail_in = Size(compressed);
    zlib.next_out = Bytes(block);
    zlib.avail_out = Size(block);
    int code = inflate(&zlib, Z_SYNC_FLUSH);
    if (code == Z_NEED_DICT) {
      const std::string_view words = SpdyDictionary();
      code = inflateSetDictionary(&zlib, Bytes(words), Size(words));
      if (code == Z_OK) code = inflate(&zlib, Z_SYNC_FLUSH);
    }
    // With no room left, the rest of the block is still to come out.
    if (zlib.avail_out == 0) return Unexpected<std::string>("headers over 64 KiB");
    if ((code != Z_OK && code != Z_BUF_ERROR) || zlib.avail_in != 0)
      return Unexpected<std::string>("headers that cannot be decompressed");
    block.resize(block.size() - zlib.avail_out);
    auto headers = ParseHeaderBlock(block);
    if (!headers) return Unexpected<std::string>("headers that do not fill their frame");
    return *std::move(headers);
  }

  // Reads the control frame whose payload is `payload`.
  Result<SpdyFrame, std::string> Control(Kind kind, unsigned char flags, std::string_view payload) {
    const Shape shape = *ShapeOf(kind);
    if (payload.size() < shape.fixed || (!shape.more && payload.size() > shape.fixed))
      return Unexpected<std::string>("a frame whose length does not fit its type");
    SpdyFrame frame{.kind = kind};
    frame.id = kind == Kind::kPing ? Read32(payload) : Read32(payload) & ~kControlBit;
    frame.fin = HasHeaders(kind) && (flags & kFin) != 0;
    if (shape.fixed == 8) frame.value = Read32(payload.substr(4));
    if (kind == Kind::kSettings) frame.id = 0;  // that was the number of settings, which nobody here reads
    if (OfStream(kind) && frame.id == 0) return Unexpected<std::string>("a frame of the stream 0");
    if (HasHeaders(kind)) {
      auto headers = Inflate(payload.substr(shape.fixed));
      if (!headers) return Unexpected(std::move(headers).error());
      frame.headers = *std::move(headers);
    }
    return frame;
  }

  // The next part of the data frame that has begun; nothing if none of it has come.
  std::optional<SpdyFrame> Data() {
    const std::size_t part = std::min(data_left, unread().size());
    if (part == 0 && data_left > 0) return std::nullopt;
    SpdyFrame frame{.kind = Kind::kData, .id = data_stream};
    frame.data = unread().substr(0, part);
    Drop(part);
    data_left -= part;
    frame.fin = data_left == 0 && data_fin;
    in_data = data_left > 0;
    return frame;
  }

  std::string_view unread() const { return std::string_view(bytes).substr(begin); }

  void Drop(std::size_t size) {
    begin += size;
    if (begin < bytes.size()) return;
    bytes.clear();
    begin = 0;
  }

  z_stream zlib = {};
  std::string bytes;
  std::size_t begin = 0;  // what is before it is read
  bool in_data = false;
  std::uint32_t data_stream = 0;
  std::size_t data_left = 0;
  bool data_fin = false;
};

SpdyFrameReader::SpdyFrameReader() : state_(std::make_unique<State>()) {}
SpdyFrameReader::~SpdyFrameReader() = default;
SpdyFrameReader::SpdyFrameReader(SpdyFrameReader&&) noexcept = default;
SpdyFrameReader& SpdyFrameReader::operator=(SpdyFrameReader&&) noexcept = default;

void SpdyFrameReader::Append(std::string_view bytes) {
  State& s = *state_;
  s.bytes.erase(0, s.begin);
  s.begin = 0;
  s.bytes += bytes;
}

Result<std::optional<SpdyFrame>, std::string> SpdyFrameReader::Next() {
  State& s = *state_;
  while (true) {
    if (s.in_data) return s.Data();
    if (s.unread().size() < kFrameHead) return std::optional<SpdyFrame>();
    const std::uint32_t first = Read32(s.unread());
    const std::uint32_t second = Read32(s.unread().substr(4));
    const std::size_t length = second & 0xffffff;
    const auto flags = static_cast<unsigned char>(second >> 24);
    if ((first & kControlBit) == 0) {
      if (first == 0) return Unexpected<std::string>("a frame of the stream 0");
      s.Drop(kFrameHead);
      s.in_data = true;
      s.data_stream = first;
      s.data_left = length;
      s.data_fin = (flags & kFin) != 0;
      continue;
    }
    if ((first >> 16 & 0x7fff) != kVersion) return Unexpected<std::string>("another version than SPDY/3");
    if (length > kMaxControlBytes) return Unexpected<std::string>("a control frame over 64 KiB");
    if (s.unread().size() < kFrameHead + length) return std::optional<SpdyFrame>();
    const auto kind = static_cast<Kind>(first & 0xffff);
    if (!ShapeOf(kind)) {
      s.Drop(kFrameHead + length);
      continue;
    }
    auto frame = s.Control(kind, flags, s.unread().substr(kFrameHead, length));
    if (!frame) return Unexpected(std::move(frame).error());
    s.Drop(kFrameHead + length);
    return std::optional<SpdyFrame>(*std::move(frame));
  }
}

struct SpdyFrameWriter::State {
  State() {
    const std::string_view words = SpdyDictionary();
    if (deflateInit(&zlib, Z_DEFAULT_COMPRESSION) != Z_OK) std::abort();  // no memory is left
    deflateSetDictionary(&zlib, Bytes(words), Size(words));
  }
  ~State() { deflateEnd(&zlib); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::string Deflate(const HttpHeaders& headers) {
    const std::string block = HeaderBlock(headers);
    // deflateBound() has no room for a flush; its few bytes are bounded, too.
    std::string compressed(deflateBound(&zlib, block.size()) + 64, '\0');
    zlib.next_in = Bytes(block);
    zlib.avail_in = Size(block);
    zlib.next_out = Bytes(compressed);
    zlib.avail_out = Size(compressed);
    deflate(&zlib, Z_SYNC_FLUSH);
    compressed.resize(compressed.size() - zlib.avail_out);
    return compressed;
  }

  z_stream zlib = {};
};

SpdyFrameWriter::SpdyFrameWriter() : state_(std::make_unique<State>()) {}
SpdyFrameWriter::~SpdyFrameWriter() = default;
SpdyFrameWriter::SpdyFrameWriter(SpdyFrameWriter&&) noexcept = default;
SpdyFrameWriter& SpdyFrameWriter::operator=(SpdyFrameWriter&&) noexcept = default;

void SpdyFrameWriter::SynStream(std::uint32_t id, const HttpHeaders& headers, std::string* out) {
  const std::string block = state_->Deflate(headers);
  WriteControlHead(Kind::kSynStream, 10 + block.size(), out);
  Write32(id, out);
  Write32(0, out);       // belongs to no other stream
  out->append(2, '\0');  // the highest priority, as all have; no certificate
  *out += block;
}

void SpdyFrameWriter::SynReply(std::uint32_t id, const HttpHeaders& headers, std::string* out) {
  const std::string block = state_->Deflate(headers);
  WriteControlHead(Kind::kSynReply, 4 + block.size(), out);
  Write32(id, out);
  *out += block;
}

void SpdyFrameWriter::Data(std::uint32_t id, std::string_view bytes, bool fin, std::string* out) {
  WriteHead(id, fin ? kFin : 0, bytes.size(), out);
  *out += bytes;
}

void SpdyFrameWriter::RstStream(std::uint32_t id, std::uint32_t status, std::string* out) {
  WriteControlHead(Kind::kRstStream, 8, out);
  Write32(id, out);
  Write32(status, out);
}

void SpdyFrameWriter::Ping(std::uint32_t id, std::string* out) {
  WriteControlHead(Kind::kPing, 4, out);
  Write32(id, out);
}

std::optional<SpdyUpgradeAnswer> ReadSpdyUpgradeAnswer(std::string_view head) {
  static constexpr std::string_view kStart = "HTTP/1.1 ";
  SpdyUpgradeAnswer answer;
  if (!head.starts_with("HTTP/1.") || head.size() < kStart.size() + 3) return std::nullopt;
  const char* const status = head.data() + kStart.size();
  const auto [end, error] = std::from_chars(status, status + 3, answer.status);
  if (error != std::errc() || end != status + 3 || answer.status < 100) return std::nullopt;
  while (true) {
    const std::size_t line_end = head.find('\n');
    if (line_end == std::string_view::npos) return answer;
    head.remove_prefix(line_end + 1);
    const std::string_view line = head.substr(0, head.find_first_of("\r\n"));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string name = Lower(line.substr(0, colon));
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    value = value.substr(0, value.find_last_not_of(" \t") + 1);
    if (name == "upgrade") answer.spdy = Lower(value) == "spdy/3.1";
    if (name == "x-stream-protocol-version") answer.protocol = value;
  }
}

}  // namespace shared
