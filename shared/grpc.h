// Unary gRPC calls over HttpClient: what a request is made of, and what an answer says. Pure, no I/O.
// Source: "gRPC over HTTP2" of gRPC's documentation.
#pragma once

#include <string>
#include <string_view>

#include "shared/http_client.h"
#include "shared/result.h"

namespace shared {

enum class GrpcFailure {
  kToken,          // another token is wanted
  kNotReady,       // an answer that another try may mend: the server is not ready, the stream broke off
  kUnimplemented,  // the server does not know the call
  kNotGrpc,        // something answers that is no gRPC
};

struct GrpcError {
  GrpcFailure failure = GrpcFailure::kNotReady;
  std::string message;  // the cause alone, lower case, fit for a terminal
};

// Returns one uncompressed frame around `message`: a zero byte, the length as 32 bits big endian, the
// message.
std::string EncodeGrpcFrame(std::string_view message);

// Returns the one message of a unary answer; it lives as long as `body`. Fails with kInternal unless `body`
// is exactly one whole uncompressed frame.
Result<std::string_view> DecodeGrpcFrame(std::string_view body);

// Returns the request that calls the URL's method with `message`. An empty `token` is not sent.
HttpRequest MakeGrpcRequest(std::string url, std::string_view message, std::string_view token);

// Returns the message of a whole answer, or why it has none.
Result<std::string, GrpcError> ReadGrpcAnswer(const HttpResponse& response);

}  // namespace shared
