#include "kubectl-ray/packages/content_hash.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

using kubectl_ray::ContentDigest;
using kubectl_ray::ContentHash;

namespace {

ContentDigest HashOf(std::string_view text, std::size_t step, bool portable) {
  ContentHash hash(portable);
  for (std::size_t i = 0; i < text.size(); i += step) hash.Add(text.substr(i, step));
  return hash.Finish();
}

std::string Hex(const ContentDigest& digest) {
  std::string hex;
  for (const unsigned char byte : digest)
    for (const int shift : {4, 0}) hex += "0123456789abcdef"[byte >> shift & 15];
  return hex;
}

}  // namespace

// FIPS 180-2, appendix B.
TEST_CASE("SHA-256 is that of the standard") {
  struct Row {
    std::string text;
    const char* digest;
  };
  const std::vector<Row> rows = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  for (const Row& row : rows)
    for (const bool portable : {false, true}) CHECK(Hex(HashOf(row.text, 100, portable)) == row.digest);
}

TEST_CASE("a hash does not depend on the processor or on the pieces in which the bytes come") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += static_cast<char>(i * 7 % 251);
  for (const std::size_t size : {1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 191, 192, 1000}) {
    const std::string_view part = std::string_view(text).substr(0, size);
    const ContentDigest expected = HashOf(part, part.size(), true);
    for (const std::size_t step : {1, 3, 63, 64, 65, 128, 1000}) {
      INFO(size << " bytes by " << step);
      CHECK(HashOf(part, step, false) == expected);
    }
  }
}
