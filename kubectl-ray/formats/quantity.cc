#include "kubectl-ray/formats/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
__extension__ using Int128 = __int128;

constexpr Int128 kNano = 1'000'000'000;
constexpr Int128 kLargest = Int128{std::numeric_limits<std::int64_t>::max()} * kNano;
constexpr std::array<std::string_view, 7> kBinarySuffixes = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
// From 10^-9 up, by thousands.
constexpr std::array<std::string_view, 10> kDecimalSuffixes = {"n", "u", "m", "",  "k",
                                                               "M", "G", "T", "P", "E"};

shared::Unexpected<shared::Error> NotAQuantity(std::string_view what, std::string_view text) {
  return Fail(
      ErrorCode::kUsage,
      std::string(what) + " \"" + shared::EscapeControl(text.substr(0, 64)) + "\" is not a resource quantity",
      "Write a number with an optional suffix, such as 500m, 2, 4Gi or 10G.");
}

// Takes the digits in front off `text`, as billionths, rounded up. Returns false if there are none.
bool ReadNumber(std::string_view* text, Int128* nano) {
  bool any = false, fraction = false, inexact = false;
  Int128 scale = kNano;
  for (; !text->empty(); text->remove_prefix(1)) {
    const char c = text->front();
    if (c == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    any = true;
    if (!fraction) {
      *nano = std::min(*nano * 10 + (c - '0') * kNano, kLargest * 2);
    } else if (scale > 1) {
      scale /= 10;
      *nano += (c - '0') * scale;
    } else {
      inexact = inexact || c != '0';
    }
  }
  if (inexact) *nano += 1;
  return any;
}

// Returns nano × 10^exponent, rounded up; stops above kLargest.
Int128 ScaleByTen(Int128 nano, int exponent) {
  for (; exponent > 0 && nano > 0 && nano <= kLargest; --exponent) nano *= 10;
  for (; exponent < 0 && nano > 1; ++exponent) nano = (nano + 9) / 10;
  return nano;
}

}  // namespace

shared::Result<Quantity> Quantity::Parse(std::string_view what, std::string_view text) {
  std::string_view rest = text;
  if (!rest.empty() && rest.front() == '-' && rest.find_first_of("123456789") != rest.npos)
    return Fail(ErrorCode::kUsage, std::string(what) + " \"" + shared::EscapeControl(text.substr(0, 64)) +
                                       "\" cannot be negative");
  if (!rest.empty() && (rest.front() == '+' || rest.front() == '-')) rest.remove_prefix(1);
  Int128 nano = 0;
  if (!ReadNumber(&rest, &nano)) return NotAQuantity(what, text);
  Format format = Format::kDecimal;
  if (auto binary = std::find(kBinarySuffixes.begin() + 1, kBinarySuffixes.end(), rest);
      binary != kBinarySuffixes.end()) {
    format = Format::kBinary;
    for (auto i = binary - kBinarySuffixes.begin(); i > 0 && nano <= kLargest; --i) nano *= 1024;
  } else if (auto decimal = std::find(kDecimalSuffixes.begin(), kDecimalSuffixes.end(), rest);
             decimal != kDecimalSuffixes.end()) {
    nano = ScaleByTen(nano, static_cast<int>(decimal - kDecimalSuffixes.begin()) * 3 - 9);
  } else if (rest.size() > 1 && (rest.front() == 'e' || rest.front() == 'E')) {
    format = Format::kExponent;
    rest.remove_prefix(rest[1] == '+' ? 2 : 1);
    int exponent = 0;
    auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), exponent);
    if (error != std::errc() || end != rest.data() + rest.size()) return NotAQuantity(what, text);
    nano = ScaleByTen(nano, exponent);
  } else {
    return NotAQuantity(what, text);
  }
  if (nano > kLargest)
    return Fail(ErrorCode::kUsage, std::string(what) + " \"" + shared::EscapeControl(text.substr(0, 64)) +
                                       "\" is larger than Kubernetes can count");
  return Quantity(nano, format);
}

std::int64_t Quantity::value() const { return static_cast<std::int64_t>((nano_ + kNano - 1) / kNano); }

std::string Quantity::ToString() const {
  auto digits = [](Int128 n) { return std::to_string(static_cast<std::int64_t>(n)); };
  if (nano_ == 0) return "0";
  if (format_ == Format::kBinary && nano_ % kNano == 0 && nano_ >= 1024 * kNano) {
    Int128 whole = nano_ / kNano;
    std::size_t suffix = 0;
    for (; whole % 1024 == 0 && suffix + 1 < kBinarySuffixes.size(); ++suffix) whole /= 1024;
    return digits(whole) + std::string(kBinarySuffixes[suffix]);
  }
  Int128 mantissa = nano_;
  std::size_t step = 0;
  for (; mantissa % 1000 == 0 && step + 1 < kDecimalSuffixes.size(); ++step) mantissa /= 1000;
  if (format_ != Format::kExponent) return digits(mantissa) + std::string(kDecimalSuffixes[step]);
  const int exponent = static_cast<int>(step) * 3 - 9;
  return digits(mantissa) + (exponent == 0 ? std::string() : "e" + std::to_string(exponent));
}

Quantity Quantity::operator+(const Quantity& other) const {
  return Quantity(std::min(nano_ + other.nano_, kLargest), is_zero() ? other.format_ : format_);
}

Quantity Quantity::operator*(std::int64_t factor) const {
  if (factor <= 0) return Quantity(0, format_);
  if (nano_ > kLargest / factor) return Quantity(kLargest, format_);
  return Quantity(nano_ * factor, format_);
}

}  // namespace kubectl_ray
