// What our patch of mbedTLS's AES-GCM (cmake/patches) makes of many blocks, beside its own one block at a
// time.
#include <mbedtls/gcm.h>

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace {

struct Sealed {
  std::string text;
  std::string tag;
  bool operator==(const Sealed&) const = default;
};

// Takes `text` in pieces of `piece` bytes: below 128 they never make a group of blocks.
Sealed Crypt(int mode, unsigned key_bits, const std::string& iv, const std::string& text, std::size_t piece) {
  const std::string key = "0123456789abcdefghijklmnopqrstuv";
  auto bytes = [](const std::string& s) { return reinterpret_cast<const unsigned char*>(s.data()); };
  mbedtls_gcm_context context;
  mbedtls_gcm_init(&context);
  REQUIRE(mbedtls_gcm_setkey(&context, MBEDTLS_CIPHER_ID_AES, bytes(key), key_bits) == 0);
  REQUIRE(mbedtls_gcm_starts(&context, mode, bytes(iv), iv.size()) == 0);
  const std::string added = "thirteen more";
  REQUIRE(mbedtls_gcm_update_ad(&context, bytes(added), added.size()) == 0);
  Sealed sealed{std::string(text.size(), '\0'), std::string(16, '\0')};
  std::size_t written = 0;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    auto* output = reinterpret_cast<unsigned char*>(sealed.text.data()) + at;
    const std::size_t size = std::min(piece, text.size() - at);
    REQUIRE(mbedtls_gcm_update(&context, bytes(text) + at, size, output, size, &written) == 0);
  }
  auto* tag = reinterpret_cast<unsigned char*>(sealed.tag.data());
  REQUIRE(mbedtls_gcm_finish(&context, nullptr, 0, &written, tag, sealed.tag.size()) == 0);
  mbedtls_gcm_free(&context);
  return sealed;
}

}  // namespace

TEST_CASE("AES-GCM over whole groups of blocks gives what it gives block by block") {
  std::string text;
  for (const unsigned key_bits : {128u, 192u, 256u})
    for (const std::size_t size : {127u, 128u, 129u, 255u, 256u, 1000u, 16384u}) {
      text.resize(size, 'x');
      for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + size);
      // Of 12 bytes as TLS has it; a longer one starts the counter anywhere.
      for (const std::string& iv : {std::string("twelve bytes"), std::string(16, '\xff')})
        for (const int mode : {MBEDTLS_GCM_ENCRYPT, MBEDTLS_GCM_DECRYPT}) {
          const Sealed blocks = Crypt(mode, key_bits, iv, text, 64);
          CHECK(Crypt(mode, key_bits, iv, text, size) == blocks);
          CHECK(Crypt(mode, key_bits, iv, text, 200) == blocks);
        }
    }
}
