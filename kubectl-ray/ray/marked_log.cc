#include "kubectl-ray/ray/marked_log.h"

#include <algorithm>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

constexpr std::size_t kBlockBytes = 64 << 10;
constexpr std::size_t kMaxFailureBytes = 4 << 10;

}  // namespace

bool MarkedLog::Take(std::string_view bytes, const std::function<bool(std::string_view)>& on_bytes) {
  while (!bytes.empty()) {
    if (failure_) {
      shared::AppendUpTo(&*failure_, bytes, kMaxFailureBytes);
      return true;
    }
    if (left_in_block_ == 0) {
      if (bytes.front() == '0') failure_.emplace();
      left_in_block_ = kBlockBytes;
      bytes.remove_prefix(1);
      continue;
    }
    const std::string_view piece = bytes.substr(0, left_in_block_);
    left_in_block_ -= piece.size();
    bytes.remove_prefix(piece.size());
    if (!on_bytes(piece)) return false;
  }
  return true;
}

}  // namespace kubectl_ray
