#include "shared/gcs_reply.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/bytes.h"

using namespace shared;
using std::string;

TEST_CASE("InternalKVGet") {
  CHECK(EncodeInternalKvGetRequest("temp_dir", "session") == Bytes("\x0a\x08temp_dir\x12\7session"));
  auto found = DecodeInternalKvGetReply(Bytes("\x0a\0\x12\x04/tmp"));
  REQUIRE(found);
  CHECK(found->status.code == 0);
  CHECK(found->value == "/tmp");
  auto missing = DecodeInternalKvGetReply(Bytes("\x0a\2\x08\x11"));
  REQUIRE(missing);
  CHECK(missing->status.code == 17);
  CHECK_FALSE(DecodeInternalKvGetReply(Bytes("\x12\3ab")));
}
