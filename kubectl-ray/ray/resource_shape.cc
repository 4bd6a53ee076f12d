#include "kubectl-ray/ray/resource_shape.h"

#include <array>
#include <cstdint>
#include <cstdio>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

constexpr double kMaxExact = 9e15;

}  // namespace

std::string FormatAmount(double amount) {
  if (amount >= 0 && amount < kMaxExact && amount == static_cast<double>(static_cast<std::int64_t>(amount)))
    return std::to_string(static_cast<std::int64_t>(amount));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", amount);
  return text.data();
}

std::string FormatAmountOf(const std::string& resource, double amount) {
  const bool bytes = resource == "memory" || resource == "object_store_memory";
  if (bytes && amount >= 0 && amount < kMaxExact)
    return shared::FormatBytes(static_cast<unsigned long long>(amount));
  return FormatAmount(amount);
}

std::string ToString(const ResourceShape& shape) {
  std::string text;
  for (const auto& [resource, amount] : shape)
    text += (text.empty() ? "" : ", ") + resource + ": " + FormatAmountOf(resource, amount);
  return text.empty() ? "nothing" : text;
}

}  // namespace kubectl_ray
