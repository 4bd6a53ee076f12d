// Kubernetes resource quantities: 500m, 2, 4Gi, 1e3.
// Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/result.h"

namespace kubectl_ray {

class Quantity {
 public:
  Quantity() = default;  // 0

  // kUsage names `what` and the text if that is not a quantity, is negative, or is beyond 2^63.
  static shared::Result<Quantity> Parse(std::string_view what, std::string_view text);

  bool is_zero() const { return nano_ == 0; }
  // Returns the value rounded up to a whole number, as Kubernetes' Value() does.
  std::int64_t value() const;
  // Returns Kubernetes' canonical form: with the largest suffix that leaves no fraction, in the format it was
  // written in.
  std::string ToString() const;

  // Sums and multiples have the left side's format; if that is zero, the other's. They saturate at the
  // largest value.
  Quantity operator+(const Quantity& other) const;
  Quantity operator*(std::int64_t factor) const;
  bool operator==(const Quantity& other) const { return nano_ == other.nano_; }
  bool operator<(const Quantity& other) const { return nano_ < other.nano_; }

 private:
  enum class Format { kDecimal, kBinary, kExponent };
  __extension__ using Int128 = __int128;

  Quantity(Int128 nano, Format format) : nano_(nano), format_(format) {}

  Int128 nano_ = 0;  // in billionths, the finest that quantities have
  Format format_ = Format::kDecimal;
};

}  // namespace kubectl_ray
