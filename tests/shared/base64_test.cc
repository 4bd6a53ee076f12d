#include "shared/base64.h"

#include <catch2/catch_test_macros.hpp>

TEST_CASE("base64 as in RFC 4648's test vectors, both ways") {
  const std::pair<std::string, std::string> rows[] = {{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"fooba", "Zm9vYmE="},
                                                      {"foobar", "Zm9vYmFy"},
                                                      {std::string("\x00\xff\xfe\x00", 4), "AP/+AA=="}};
  for (const auto& [bytes, text] : rows) {
    CHECK(shared::Base64Encode(bytes) == text);
    CHECK(shared::Base64Decode(text) == bytes);
  }
}

TEST_CASE("what is not base64 decodes to nothing") {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zg===", "=Zg=", "Zm9v!", "Zg==Zg==", "\xff\xff\xff\xff", "===="})
    CHECK(shared::Base64Decode(text) == std::nullopt);
  CHECK(shared::Base64Decode(" Zm\n9v\r\n") == "foo");
}
