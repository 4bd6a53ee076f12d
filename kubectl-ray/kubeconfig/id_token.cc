#include "kubectl-ray/kubeconfig/id_token.h"

#include <algorithm>

#include "shared/base64.h"
#include "shared/json.h"

namespace kubectl_ray {
namespace {

// RFC 4648, 5: base64 with two other characters and without padding.
std::optional<std::string> DecodeUrlBase64(std::string_view text) {
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  standard.append((4 - standard.size() % 4) % 4, '=');
  return shared::Base64Decode(standard);
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> ExpiryOf(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == token.npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == token.npos) return std::nullopt;
  const auto payload = DecodeUrlBase64(token.substr(first + 1, second - first - 1));
  const auto claims = payload ? shared::ParseJson(*payload) : shared::Result<shared::Json>(shared::Json());
  const std::int64_t expires = claims ? shared::IntAt(*claims, {"exp"}) : 0;
  constexpr std::int64_t kYear2200 = 7258118400;  // because a clock of nanoseconds ends in 2262
  if (expires <= 0) return std::nullopt;
  return std::chrono::system_clock::from_time_t(static_cast<std::time_t>(std::min(expires, kYear2200)));
}

}  // namespace kubectl_ray
