#include "kubectl-ray/manifests/unpack_lzma.h"

#include <catch2/catch_test_macros.hpp>
#include <vector>

using kubectl_ray::UnpackLzma;

namespace {

std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

// Written by Python's lzma, as cmake/pack-agents has it write.
struct Packed {
  std::string hex, text;
};

const std::string kWords = "the head, the worker, the head and the workers";

const std::vector<Packed> kPacked = {
    {"0083fffbffffc0000000", ""},
    {"0030c1fbffffffe0000000", "a"},
    {"0030effbb7c42dd6fffffdf09000", std::string(300, 'a')},
    {"003a1a08ce7bcfabc90e5efed23396a71917adbaba4ee37ed8f36849f163e776949dfff0ab5000", kWords},
    {"00000052500a84f99bca0e6f092c6a9a93fbb2cfe4611c14dba6b95fff9b848000",
     std::string("\0\1\2\3\4\5\6\7\0\1\2\3\4\5\6\7\0\1\2\3\4\5\6\7", 24) +
         "abcXabcYabcXabcXabcYabcXabcXabcYabcXabcXabcYabcXzzzz"},
};

}  // namespace

TEST_CASE("LZMA is unpacked: literals, matches, and the last distances again") {
  for (const Packed& packed : kPacked) {
    INFO(packed.hex);
    CHECK(UnpackLzma(FromHex(packed.hex), packed.text.size()) == packed.text);
  }
}

TEST_CASE("no more than the size asked for is unpacked, though a match goes on") {
  CHECK(UnpackLzma(FromHex(kPacked[2].hex), 7) == "aaaaaaa");
  CHECK(UnpackLzma(FromHex(kPacked[3].hex), 8) == "the head");
}

TEST_CASE("the stream's end is an end, whatever size was asked for") {
  for (const Packed& packed : kPacked)
    CHECK(UnpackLzma(FromHex(packed.hex), packed.text.size() + 100) == packed.text);
}

TEST_CASE("a damaged stream is unpacked to something else, within its size") {
  const std::string whole = FromHex(kPacked[3].hex);
  for (std::size_t cut = 0; cut + 8 < whole.size(); ++cut) {
    INFO(cut);
    const std::string text = UnpackLzma(whole.substr(0, cut), kWords.size());
    CHECK(text.size() <= kWords.size());
    CHECK(text != kWords);
  }
  for (std::size_t at = 1; at + 14 < whole.size(); ++at) {
    INFO(at);
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    const std::string text = UnpackLzma(damaged, kWords.size());
    CHECK(text.size() <= kWords.size());
    CHECK(text != kWords);
  }
}
