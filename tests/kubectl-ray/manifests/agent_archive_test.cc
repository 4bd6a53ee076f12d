#include "kubectl-ray/manifests/agent_archive.h"

#include <zlib.h>

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace {

// Returns the first bytes of the content of a gzip file, or an empty string if it is not one.
std::string HeadOf(std::string_view gzip) {
  z_stream stream = {};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return {};
  std::string head(64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
  stream.avail_in = static_cast<uInt>(gzip.size());
  stream.next_out = reinterpret_cast<Bytef*>(head.data());
  stream.avail_out = static_cast<uInt>(head.size());
  const int result = inflate(&stream, Z_SYNC_FLUSH);
  inflateEnd(&stream);
  return result == Z_OK ? head : std::string();
}

}  // namespace

TEST_CASE("every embedded agent is a gzipped program of its architecture") {
  REQUIRE_FALSE(kubectl_ray::EmbeddedAgents().empty());
  for (const kubectl_ray::AgentArchive& agent : kubectl_ray::EmbeddedAgents()) {
    INFO(agent.architecture);
    const std::string head = HeadOf(agent.gzip);
    REQUIRE(head.size() == 64);
    CHECK(
        head.starts_with("\x7f"
                         "ELF"));
    const int machine = static_cast<unsigned char>(head[18]);  // e_machine: 62 x86-64, 183 AArch64
    CHECK(machine == (agent.architecture == "amd64" ? 62 : 183));
  }
}
