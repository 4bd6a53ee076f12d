#include "shared/grpc.h"

#include <charconv>
#include <cstdint>
#include <utility>

#include "shared/text.h"

namespace shared {
namespace {

constexpr std::size_t kFrameHeaderBytes = 5;
constexpr std::size_t kMaxMessageBytes = 500;  // of an error's text

// google.rpc.Code's numbers, as grpc-status has them.
enum GrpcStatus : int {
  kGrpcOk = 0,
  kGrpcPermissionDenied = 7,
  kGrpcUnimplemented = 12,
  kGrpcUnauthenticated = 16
};

Unexpected<GrpcError> Because(GrpcFailure failure, std::string_view message) {
  return Unexpected<GrpcError>(GrpcError{failure, EscapeControl(message.substr(0, kMaxMessageBytes))});
}

// grpc-message is percent-encoded (gRPC over HTTP/2, "Status-Message").
std::string PercentDecode(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
      plain += static_cast<char>(value);
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

GrpcFailure FailureOf(int status) {
  if (status == kGrpcUnauthenticated || status == kGrpcPermissionDenied) return GrpcFailure::kToken;
  return status == kGrpcUnimplemented ? GrpcFailure::kUnimplemented : GrpcFailure::kNotReady;
}

}  // namespace

std::string EncodeGrpcFrame(std::string_view message) {
  const auto size = static_cast<std::uint32_t>(message.size());
  std::string frame(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift & 0xff);
  return frame.append(message);
}

Result<std::string_view> DecodeGrpcFrame(std::string_view body) {
  if (body.size() < kFrameHeaderBytes)
    return Fail(ErrorCode::kInternal, "cannot read grpc answer: it has no message");
  if (body[0] != '\0') return Fail(ErrorCode::kInternal, "cannot read grpc answer: it is compressed");
  std::uint32_t size = 0;
  for (std::size_t i = 1; i < kFrameHeaderBytes; ++i) size = size << 8 | static_cast<unsigned char>(body[i]);
  if (body.size() - kFrameHeaderBytes != size)
    return Fail(ErrorCode::kInternal, "cannot read grpc answer: its length is wrong");
  return body.substr(kFrameHeaderBytes);
}

HttpRequest MakeGrpcRequest(std::string url, std::string_view message, std::string_view token) {
  HttpRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.headers = {{"content-type", "application/grpc"}, {"te", "trailers"}};
  if (!token.empty()) request.headers.emplace_back("authorization", "Bearer " + std::string(token));
  request.body = EncodeGrpcFrame(message);
  request.http2 = true;
  return request;
}

Result<std::string, GrpcError> ReadGrpcAnswer(const HttpResponse& response) {
  if (response.status == 401 || response.status == 403)
    return Because(GrpcFailure::kToken, "http status " + std::to_string(response.status));
  if (response.status == 502 || response.status == 503 || response.status == 504)
    return Because(GrpcFailure::kNotReady, "http status " + std::to_string(response.status));
  if (response.status != 200 || !response.Header("content-type").starts_with("application/grpc"))
    return Because(GrpcFailure::kNotGrpc, "http status " + std::to_string(response.status) + " without grpc");
  const std::string_view text = response.Header("grpc-status");
  int status = -1;
  std::from_chars(text.data(), text.data() + text.size(), status);
  if (text.empty()) return Because(GrpcFailure::kNotReady, "the answer broke off");
  if (status != kGrpcOk)
    return Because(FailureOf(status), "grpc status " + std::string(text) + ": " +
                                          PercentDecode(response.Header("grpc-message")));
  auto frame = DecodeGrpcFrame(response.body);
  if (!frame) return Because(GrpcFailure::kNotGrpc, frame.error().message);
  return std::string(*frame);
}

}  // namespace shared
