#include "shared/grpc.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/bytes.h"

using namespace shared;
using std::string;

TEST_CASE("a gRPC frame is five bytes and the message") {
  CHECK(EncodeGrpcFrame("") == Bytes("\0\0\0\0\0"));
  CHECK(EncodeGrpcFrame("ab") == Bytes("\0\0\0\0\2ab"));
  CHECK(EncodeGrpcFrame(string(70000, 'x')).substr(0, 5) == Bytes("\0\0\1\x11\x70"));
  CHECK(*DecodeGrpcFrame(Bytes("\0\0\0\0\2ab")) == "ab");
  for (const string& bad : {Bytes(""), Bytes("\0\0\0\0"), Bytes("\1\0\0\0\0"), Bytes("\0\0\0\0\1"),
                            Bytes("\0\0\0\0\0x"), Bytes("\0\xff\xff\xff\xffx")})
    CHECK_FALSE(DecodeGrpcFrame(bad));
}

TEST_CASE("a call carries its token, if there is one") {
  const HttpRequest plain = MakeGrpcRequest("http://gcs:6379/a.B/C", "ab", "");
  CHECK(plain.method == "POST");
  CHECK(plain.url == "http://gcs:6379/a.B/C");
  CHECK(plain.body == Bytes("\0\0\0\0\2ab"));
  CHECK(plain.http2);
  CHECK(plain.headers == HttpHeaders{{"content-type", "application/grpc"}, {"te", "trailers"}});
  CHECK(MakeGrpcRequest("", "", "secret").headers.back() ==
        std::pair<string, string>("authorization", "Bearer secret"));
}

TEST_CASE("an answer has one message, or a reason") {
  const struct {
    const char* what;
    int status;
    HttpHeaders headers;
    string body;
    std::optional<GrpcFailure> failure;
    string text;  // the message, or why there is none
  } rows[] = {
      {"whole",
       200,
       {{"content-type", "application/grpc+proto"}, {"grpc-status", "0"}},
       Bytes("\0\0\0\0\2ab"),
       {},
       "ab"},
      {"empty",
       200,
       {{"content-type", "application/grpc"}, {"grpc-status", "0"}},
       Bytes("\0\0\0\0\0"),
       {},
       ""},
      {"cut",
       200,
       {{"content-type", "application/grpc"}},
       Bytes("\0\0\0\0\2a"),
       GrpcFailure::kNotReady,
       "the answer broke off"},
      {"short",
       200,
       {{"content-type", "application/grpc"}, {"grpc-status", "0"}},
       Bytes("\0\0\0\0\2a"),
       GrpcFailure::kNotGrpc,
       "cannot read grpc answer: its length is wrong"},
      {"old",
       200,
       {{"content-type", "application/grpc"}, {"grpc-status", "12"}, {"grpc-message", "no%20such%1bcall%"}},
       "",
       GrpcFailure::kUnimplemented,
       "grpc status 12: no such\\x1bcall%"},
      {"no token",
       200,
       {{"content-type", "application/grpc"}, {"grpc-status", "16"}},
       "",
       GrpcFailure::kToken,
       "grpc status 16: "},
      {"forbidden",
       200,
       {{"content-type", "application/grpc"}, {"grpc-status", "7"}},
       "",
       GrpcFailure::kToken,
       "grpc status 7: "},
      {"unavailable",
       200,
       {{"content-type", "application/grpc"}, {"grpc-status", "14"}},
       "",
       GrpcFailure::kNotReady,
       "grpc status 14: "},
      {"no number",
       200,
       {{"content-type", "application/grpc"}, {"grpc-status", "x"}},
       "",
       GrpcFailure::kNotReady,
       "grpc status x: "},
      {"a proxy's", 503, {}, "", GrpcFailure::kNotReady, "http status 503"},
      {"a proxy's refusal", 403, {}, "", GrpcFailure::kToken, "http status 403"},
      {"a web page",
       200,
       {{"content-type", "text/html"}},
       "<p>",
       GrpcFailure::kNotGrpc,
       "http status 200 without grpc"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto answer = ReadGrpcAnswer({row.status, row.headers, row.body});
    CHECK(answer.has_value() != row.failure.has_value());
    CHECK((answer ? *answer : answer.error().message) == row.text);
    if (!answer) CHECK(answer.error().failure == row.failure);
  }
}
