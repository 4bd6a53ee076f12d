#include "kubectl-ray/manifests/agent_gzip.h"

#include <lzma.h>
#include <zlib.h>

extern "C" {
extern const char ray_init_agents[];
}

namespace kubectl_ray {
namespace {

constexpr std::size_t kTrailer = 8;  // of gzip: the sum and the size of what is in it, the lowest byte first
constexpr std::size_t kSystem = 9;   // in its header: the system that wrote it
constexpr char kUnix = 3;

void PutLittleEndian(std::uint32_t value, char* bytes) {
  for (int i = 0; i < 4; ++i) bytes[i] = static_cast<char>(value >> 8 * i);
}

// Returns as much as can be read, if the plugin is damaged: the caller has a sum of all of it.
std::string Program(const AgentArchive& archive) {
  std::string program(archive.size, '\0');
  std::uint64_t memory = 64u << 20;  // bytes that the decoder may take; it needs what the program has
  std::size_t read = 0, written = 0;
  const lzma_ret result = lzma_stream_buffer_decode(
      &memory, 0, nullptr, reinterpret_cast<const std::uint8_t*>(ray_init_agents + archive.at), &read,
      archive.packed, reinterpret_cast<std::uint8_t*>(program.data()), &written, program.size());
  if (result != LZMA_OK) program.resize(written);
  return program;
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
  std::string gzip = Compressed(Program(archive));
  if (gzip.size() < kSystem + kTrailer) return gzip;
  gzip[kSystem] = kUnix;
  PutLittleEndian(archive.crc, gzip.data() + gzip.size() - kTrailer);
  PutLittleEndian(static_cast<std::uint32_t>(archive.size), gzip.data() + gzip.size() - kTrailer / 2);
  return gzip;
}

}  // namespace kubectl_ray
