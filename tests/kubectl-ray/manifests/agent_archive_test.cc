#include "kubectl-ray/manifests/agent_archive.h"

#include <zlib.h>

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "kubectl-ray/manifests/agent_gzip.h"
#include "kubectl-ray/manifests/content_name.h"

namespace {

// Returns the content of a gzip file whose sum is right, or an empty string.
std::string Unpacked(const std::string& gzip, std::size_t size) {
  z_stream stream = {};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return {};
  std::string content(size + 1, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
  stream.avail_in = static_cast<uInt>(gzip.size());
  stream.next_out = reinterpret_cast<Bytef*>(content.data());
  stream.avail_out = static_cast<uInt>(content.size());
  const int result = inflate(&stream, Z_FINISH);
  content.resize(stream.total_out);
  inflateEnd(&stream);
  return result == Z_STREAM_END && stream.avail_in == 0 ? content : std::string();
}

}  // namespace

TEST_CASE("every embedded agent is a gzipped program of its architecture") {
  REQUIRE_FALSE(kubectl_ray::EmbeddedAgents().empty());
  for (const kubectl_ray::AgentArchive& agent : kubectl_ray::EmbeddedAgents()) {
    INFO(agent.architecture);
    const std::string program = Unpacked(kubectl_ray::AgentGzip(agent), agent.size);
    REQUIRE(program.size() == agent.size);
    CHECK(
        program.starts_with("\x7f"
                            "ELF"));
    const int machine = static_cast<unsigned char>(program[18]);  // e_machine: 62 x86-64, 183 AArch64
    CHECK(machine == (agent.architecture == "amd64" ? 62 : 183));
    CHECK(kubectl_ray::ContentName("sha", program) == "sha-" + std::string(agent.digest));
  }
}

TEST_CASE("an agent is packed to the same bytes each time, without a time or a system in them") {
  const kubectl_ray::AgentArchive& agent = kubectl_ray::EmbeddedAgents().front();
  const std::string gzip = kubectl_ray::AgentGzip(agent);
  CHECK(gzip == kubectl_ray::AgentGzip(agent));
  CHECK(gzip.substr(0, 10) == std::string("\x1f\x8b\x08\0\0\0\0\0\x02\x03", 10));
}
