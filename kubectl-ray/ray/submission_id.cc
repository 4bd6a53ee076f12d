#include "kubectl-ray/ray/submission_id.h"

#include <algorithm>
#include <cctype>
#include <random>

namespace kubectl_ray {

std::string GenerateSubmissionId() {
  static constexpr std::string_view kCharacters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ123456789";
  std::random_device random;  // from the kernel
  std::uniform_int_distribution<std::size_t> index(0, kCharacters.size() - 1);
  std::string id = "raysubmit_";
  for (int i = 0; i < 16; ++i) id += kCharacters[index(random)];
  return id;
}

shared::Status ValidateSubmissionId(std::string_view id) {
  const bool plain = std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
  if (!id.empty() && id.size() <= 200 && plain) return shared::Ok();
  return shared::Fail(
      shared::ErrorCode::kUsage,
      "cannot use submission id \"" + std::string(id) + "\": it has to be a file name",
      "Use up to 200 letters, digits, dashes, underscores and dots, or leave it out to get one.");
}

}  // namespace kubectl_ray
