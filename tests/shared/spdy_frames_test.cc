#include "shared/spdy_frames.h"

#include <zlib.h>

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "shared/spdy_dictionary.h"

using namespace shared;
using Kind = SpdyFrame::Kind;

namespace {

std::string Word(std::uint32_t value) {
  std::string word;
  for (int shift = 24; shift >= 0; shift -= 8) word += static_cast<char>(value >> shift);
  return word;
}

// A control frame of version 3.
std::string Control(unsigned type, const std::string& payload, unsigned flags = 0) {
  return Word(0x80030000u | type) + Word(flags << 24 | static_cast<std::uint32_t>(payload.size())) + payload;
}

// What the compressor of one connection makes of a block.
std::string Deflated(std::string block, bool dictionary = true) {
  z_stream zlib = {};
  REQUIRE(deflateInit(&zlib, 9) == Z_OK);
  const std::string words(dictionary ? SpdyDictionary() : "other words");
  deflateSetDictionary(&zlib, reinterpret_cast<const Bytef*>(words.data()), static_cast<uInt>(words.size()));
  std::string out(block.size() + 1000, '\0');
  zlib.next_in = reinterpret_cast<Bytef*>(block.data());
  zlib.avail_in = static_cast<uInt>(block.size());
  zlib.next_out = reinterpret_cast<Bytef*>(out.data());
  zlib.avail_out = static_cast<uInt>(out.size());
  deflate(&zlib, Z_SYNC_FLUSH);
  out.resize(out.size() - zlib.avail_out);
  deflateEnd(&zlib);
  return out;
}

std::string Reply(const std::string& block) { return Control(2, Word(1) + Deflated(block)); }
std::string Text(const std::string& text) { return Word(static_cast<std::uint32_t>(text.size())) + text; }

// All frames of `bytes`, which come `step` at a time, and after them the error if there is one.
struct Read {
  std::vector<SpdyFrame> frames = {};
  std::string error = {};
};
Read ReadAll(const std::string& bytes, std::size_t step = std::string::npos) {
  SpdyFrameReader reader;
  Read read;
  for (std::size_t at = 0; at < bytes.size();) {
    reader.Append(std::string_view(bytes).substr(at, step));
    at = step < bytes.size() - at ? at + step : bytes.size();
    while (true) {
      auto frame = reader.Next();
      if (!frame) {
        read.error = frame.error();
        return read;
      }
      if (!*frame) break;
      read.frames.push_back(**std::move(frame));
    }
  }
  return read;
}

}  // namespace

TEST_CASE("the dictionary is SPDY/3's") {
  CHECK(SpdyDictionary().size() == 1423);
  // Every SPDY/3 header block begins with this sum: 78 bb e3 c6 a7 c2.
  CHECK(adler32(1, reinterpret_cast<const Bytef*>(SpdyDictionary().data()), 1423) == 0xe3c6a7c2);
  std::string out;
  SpdyFrameWriter().SynStream(1, {{"a", "b"}}, &out);
  CHECK(out.substr(20, 4) == "\xe3\xc6\xa7\xc2");
}

TEST_CASE("what is written is read, in whatever pieces it comes") {
  SpdyFrameWriter writer;
  std::string bytes;
  writer.SynStream(1, {{"streamType", "error"}}, &bytes);
  writer.SynStream(3, {{"streamType", "data"}, {"port", "8265"}, {"requestID", "0"}}, &bytes);
  writer.SynReply(5, {}, &bytes);
  SpdyFrameWriter::Data(3, "hello", false, &bytes);
  SpdyFrameWriter::Data(3, "", true, &bytes);
  SpdyFrameWriter::RstStream(0x7fffffff, 5, &bytes);
  SpdyFrameWriter::Ping(7, &bytes);
  const std::vector<SpdyFrame> expected = {
      {.kind = Kind::kSynStream, .id = 1, .headers = {{"streamtype", "error"}}},
      {.kind = Kind::kSynStream,
       .id = 3,
       .headers = {{"streamtype", "data"}, {"port", "8265"}, {"requestid", "0"}}},
      {.kind = Kind::kSynReply, .id = 5},
      {.kind = Kind::kData, .id = 3, .data = "hello"},
      {.kind = Kind::kData, .id = 3, .fin = true},
      {.kind = Kind::kRstStream, .id = 0x7fffffff, .value = 5},
      {.kind = Kind::kPing, .id = 7}};
  const Read whole = ReadAll(bytes);
  CHECK(whole.error.empty());
  CHECK(whole.frames == expected);
  // Byte by byte only the data frame is another: it comes in its parts.
  const Read bytewise = ReadAll(bytes, 1);
  CHECK(bytewise.error.empty());
  CHECK(bytewise.frames.size() == expected.size() + 4);
  std::string data;
  for (const SpdyFrame& frame : bytewise.frames) data += frame.data;
  CHECK(data == "hello");
}

TEST_CASE("the end of a stream comes with the last part of its data") {
  std::string bytes;
  SpdyFrameWriter::Data(1, "ab", true, &bytes);
  const Read read = ReadAll(bytes, 9);
  REQUIRE(read.frames.size() == 2);
  CHECK((read.frames[0].data == "a" && !read.frames[0].fin));
  CHECK((read.frames[1].data == "b" && read.frames[1].fin));
}

TEST_CASE("the other side's frames, and what is wrong with them") {
  const std::string one = Word(1);
  const std::string large(64 * 1024, 'x');
  const struct {
    const char* what;
    std::string bytes;
    std::vector<SpdyFrame> frames;
    std::string error;
  } rows[] = {
      {"settings", Control(4, Word(1) + Word(7) + Word(65536)), {{.kind = Kind::kSettings}}, ""},
      {"no settings at all", Control(4, ""), {}, "a frame whose length does not fit its type"},
      {"goaway", Control(7, Word(3) + Word(2)), {{.kind = Kind::kGoAway, .id = 3, .value = 2}}, ""},
      {"goaway before any stream", Control(7, Word(0) + Word(0)), {{.kind = Kind::kGoAway}}, ""},
      {"window", Control(9, one + Word(9)), {{.kind = Kind::kWindowUpdate, .id = 1, .value = 9}}, ""},
      {"window of the connection",
       Control(9, Word(0) + Word(9)),
       {{.kind = Kind::kWindowUpdate, .value = 9}},
       ""},
      {"a type that nobody knows",
       Control(5, "any") + Control(6, Word(2)),
       {{.kind = Kind::kPing, .id = 2}},
       ""},
      {"a ping of 3 bytes", Control(6, "123"), {}, "a frame whose length does not fit its type"},
      {"a ping of 5 bytes", Control(6, "12345"), {}, "a frame whose length does not fit its type"},
      {"a reset of 7 bytes", Control(3, one + "123"), {}, "a frame whose length does not fit its type"},
      {"a reset of 9 bytes",
       Control(3, one + Word(5) + "1"),
       {},
       "a frame whose length does not fit its type"},
      {"a reset of the stream 0", Control(3, Word(0) + Word(5)), {}, "a frame of the stream 0"},
      {"data of the stream 0", Word(0) + Word(0), {}, "a frame of the stream 0"},
      {"version 2", Word(0x80020006) + Word(4) + one, {}, "another version than SPDY/3"},
      {"the longest control frame", Control(5, large), {}, ""},
      {"one byte longer", Control(5, large + "x").substr(0, 8), {}, "a control frame over 64 KiB"},
      {"16 MiB of data that come never", one + Word(0x00ffffff), {}, ""},
      {"an empty reply", Control(2, one), {}, "headers that do not fill their frame"},
      {"a reply without a stream", Control(2, "123"), {}, "a frame whose length does not fit its type"},
      {"no headers", Reply(Word(0)), {{.kind = Kind::kSynReply, .id = 1}}, ""},
      {"the end at once",
       Control(2, one + Deflated(Word(0)), 1),
       {{.kind = Kind::kSynReply, .id = 1, .fin = true}},
       ""},
      {"more headers",
       Control(8, one + Deflated(Word(1) + Text("a") + Text("b"))),
       {{.kind = Kind::kHeaders, .id = 1, .headers = {{"a", "b"}}}},
       ""},
      {"an empty name and value",
       Reply(Word(1) + Text("") + Text("")),
       {{.kind = Kind::kSynReply, .id = 1, .headers = {{"", ""}}}},
       ""},
      {"a count that lies",
       Reply(Word(2) + Text("a") + Text("b")),
       {},
       "headers that do not fill their frame"},
      {"a count that lies by much", Reply(Word(0xffffffff)), {}, "headers that do not fill their frame"},
      {"a name's length that lies",
       Reply(Word(1) + Word(9) + "a" + Text("b")),
       {},
       "headers that do not fill their frame"},
      {"a value's length that lies",
       Reply(Word(1) + Text("a") + Word(0xffffffff) + "b"),
       {},
       "headers that do not fill their frame"},
      {"a rest", Reply(Word(0) + "x"), {}, "headers that do not fill their frame"},
      {"no zlib", Control(2, one + "rubbish"), {}, "headers that cannot be decompressed"},
      {"another dictionary",
       Control(2, one + Deflated(Word(0), false)),
       {},
       "headers that cannot be decompressed"},
      {"much too much",
       Reply(Word(1) + Text("a") + Text(std::string(100'000, 'b'))),
       {},
       "headers over 64 KiB"},
      {"just too much",
       Reply(Word(1) + Text("a") + Text(std::string(64 * 1024 - 12, 'b'))),
       {},
       "headers over 64 KiB"},
  };
  for (const auto& row : rows)
    for (const std::size_t step : {std::string::npos, std::size_t{1000}}) {
      INFO(row.what);
      const Read read = ReadAll(row.bytes, step);
      CHECK(read.error == row.error);
      CHECK(read.frames == row.frames);
    }
  const Read most = ReadAll(Reply(Word(1) + Text("a") + Text(std::string(64 * 1024 - 13, 'b'))));
  CHECK((most.error.empty() && most.frames.size() == 1));
}

TEST_CASE("an answer to the upgrade") {
  const struct {
    std::string head;
    int status;  // 0: cannot be read
    bool spdy;
    std::string protocol;
  } rows[] = {
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: "
       "v4.channel.k8s.io\r\n",
       101, true, "v4.channel.k8s.io"},
      {"HTTP/1.0 101 x\nupgrade:\t spdy/3.1 \nX-STREAM-protocol-version:p\n", 101, true, "p"},
      {"HTTP/1.1 101\r\nUpgrade: websocket\r\n", 101, false, ""},
      {"HTTP/1.1 403 Forbidden\r\nno colon\r\nUpgrade:\r\n:\r\n", 403, false, ""},
      {"HTTP/1.1 200", 200, false, ""},
      {"HTTP/1.1 20", 0, false, ""},
      {"HTTP/1.1 2x0 OK\r\n", 0, false, ""},
      {"HTTP/1.1 -10 OK\r\n", 0, false, ""},
      {"HTTP/1.1 099 OK\r\n", 0, false, ""},
      {"HTTP/2 101 x\r\n", 0, false, ""},
      {"SSH-2.0-x\r\n", 0, false, ""},
      {"", 0, false, ""},
  };
  for (const auto& row : rows) {
    INFO(row.head);
    const auto answer = ReadSpdyUpgradeAnswer(row.head);
    CHECK(answer.has_value() == (row.status != 0));
    if (!answer) continue;
    CHECK(answer->status == row.status);
    CHECK(answer->spdy == row.spdy);
    CHECK(answer->protocol == row.protocol);
  }
}
