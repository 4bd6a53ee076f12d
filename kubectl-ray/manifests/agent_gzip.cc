#include "kubectl-ray/manifests/agent_gzip.h"

#include <zlib.h>

#include <string_view>

#include "kubectl-ray/manifests/unpack_lzma.h"

extern "C" {
extern const char ray_init_agents[], ray_init_agents_end[];
}

namespace kubectl_ray {
namespace {

constexpr std::size_t kTrailer = 8;  // of gzip: the sum and the size of what is in it, the lowest byte first
constexpr std::size_t kSystem = 9;   // in its header: the system that wrote it
constexpr char kUnix = 3;

std::uint32_t LittleEndian(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

void PutLittleEndian(std::uint32_t value, char* bytes) {
  for (int i = 0; i < 4; ++i) bytes[i] = static_cast<char>(value >> 8 * i);
}

// Both give each call its distance in place of the place that it goes to: see cmake/pack-agents.
void UnfilterAmd64(std::string* code) {
  for (std::size_t at = 0; at + 5 <= code->size(); ++at) {
    char* call = code->data() + at;
    if ((call[0] & '\xfe') != '\xe8' || (call[4] != 0 && call[4] != '\xff')) continue;
    const std::uint32_t distance = (LittleEndian(call + 1) - static_cast<std::uint32_t>(at)) & 0x1FFFFFF;
    PutLittleEndian(distance & 0x1000000 ? distance | 0xFE000000 : distance, call + 1);
    at += 4;
  }
}

void UnfilterArm64(std::string* code) {
  for (std::size_t at = 0; at + 4 <= code->size(); at += 4) {
    const std::uint32_t word = LittleEndian(code->data() + at);
    if (word >> 26 != 0x25) continue;
    PutLittleEndian(0x94000000 | ((word - static_cast<std::uint32_t>(at / 4)) & 0x3FFFFFF),
                    code->data() + at);
  }
}

std::string Compressed(const std::string& text) {
  z_stream stream = {};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, MAX_MEM_LEVEL,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    return "";
  std::string gzip(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(gzip.data());
  stream.avail_out = static_cast<uInt>(gzip.size());
  deflate(&stream, Z_FINISH);  // it has all the room that it may need
  gzip.resize(stream.total_out);
  deflateEnd(&stream);
  return gzip;
}

}  // namespace

std::string AgentGzip(const AgentArchive& archive) {
  std::string program = UnpackLzma({ray_init_agents, ray_init_agents_end}, archive.at + archive.size);
  program.erase(0, archive.at);
  if (archive.architecture == "amd64")
    UnfilterAmd64(&program);
  else
    UnfilterArm64(&program);
  std::string gzip = Compressed(program);
  if (gzip.size() < kSystem + kTrailer) return gzip;
  gzip[kSystem] = kUnix;
  PutLittleEndian(archive.crc, gzip.data() + gzip.size() - kTrailer);
  PutLittleEndian(static_cast<std::uint32_t>(archive.size), gzip.data() + gzip.size() - kTrailer / 2);
  return gzip;
}

}  // namespace kubectl_ray
