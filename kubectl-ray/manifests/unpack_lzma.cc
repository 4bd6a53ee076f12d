#include "kubectl-ray/manifests/unpack_lzma.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

namespace kubectl_ray {
namespace {

// How likely a bit is 0, in 1/2048. It moves a 32nd of the way at each bit.
struct Bit {
  std::uint16_t zero = 1024;
};

constexpr unsigned kLiteralContext = 3;  // lc: bits of the byte before, by which a literal is foretold
constexpr std::size_t kPositions = 4;    // 1 << pb: what comes is foretold by where it stands, modulo 4
constexpr std::size_t kStates = 12;      // what the last few symbols were; below 7: the last was a literal
constexpr unsigned kShortestMatch = 2;

class RangeDecoder {
 public:
  explicit RangeDecoder(std::string_view packed) : packed_(packed) {
    for (int i = 0; i < 5; ++i) code_ = code_ << 8 | Next();
  }

  unsigned Decode(Bit& bit) {
    const std::uint32_t bound = (range_ >> 11) * bit.zero;
    const bool one = code_ >= bound;
    if (one) {
      range_ -= bound;
      code_ -= bound;
      bit.zero = static_cast<std::uint16_t>(bit.zero - (bit.zero >> 5));
    } else {
      range_ = bound;
      bit.zero = static_cast<std::uint16_t>(bit.zero + ((2048 - bit.zero) >> 5));
    }
    Normalize();
    return one ? 1 : 0;
  }

  // Returns `count` bits that are as likely 0 as 1.
  std::uint32_t Direct(unsigned count) {
    std::uint32_t value = 0;
    while (count-- > 0) {
      range_ >>= 1;
      const bool one = code_ >= range_;
      if (one) code_ -= range_;
      value = value << 1 | (one ? 1 : 0);
      Normalize();
    }
    return value;
  }

  // Returns a number of `count` bits, the highest first; each bit is foretold by those before it.
  unsigned Tree(Bit* bits, unsigned count) {
    unsigned node = 1;
    for (unsigned i = 0; i < count; ++i) node = node << 1 | Decode(bits[node]);
    return node - (1u << count);
  }

  // The same, the lowest bit first.
  unsigned ReverseTree(Bit* bits, unsigned count) {
    unsigned node = 1, value = 0;
    for (unsigned i = 0; i < count; ++i) {
      const unsigned bit = Decode(bits[node]);
      node = node << 1 | bit;
      value |= bit << i;
    }
    return value;
  }

 private:
  std::uint32_t Next() { return at_ < packed_.size() ? static_cast<unsigned char>(packed_[at_++]) : 0; }

  void Normalize() {
    if (range_ >= 1u << 24) return;
    range_ <<= 8;
    code_ = code_ << 8 | Next();
  }

  std::string_view packed_;
  std::size_t at_ = 0;
  std::uint32_t range_ = 0xFFFFFFFF, code_ = 0;
};

struct Lengths {
  Bit beyond_low, beyond_middle;
  std::array<std::array<Bit, 8>, kPositions> low, middle;
  std::array<Bit, 256> high;

  unsigned Decode(RangeDecoder& range, std::size_t position) {
    if (range.Decode(beyond_low) == 0) return kShortestMatch + range.Tree(low[position].data(), 3);
    if (range.Decode(beyond_middle) == 0) return kShortestMatch + 8 + range.Tree(middle[position].data(), 3);
    return kShortestMatch + 16 + range.Tree(high.data(), 8);
  }
};

// All that is learned from the bytes so far. 30 KB: not for the stack.
class Model {
 public:
  Model(std::string_view packed, std::size_t size) : range_(packed), size_(size) { out_.reserve(size); }

  std::string Unpack() && {
    while (out_.size() < size_ && Symbol()) {
    }
    return std::move(out_);
  }

 private:
  // Appends what one symbol stands for. Returns false at the end, and if it refers to what is not there.
  bool Symbol() {
    const std::size_t position = out_.size() % kPositions;
    if (range_.Decode(is_match_[state_][position]) == 0) {
      Literal();
      return true;
    }
    unsigned length = 0;
    if (range_.Decode(is_repeated_[state_]) == 0) {
      last_[3] = last_[2];
      last_[2] = last_[1];
      last_[1] = last_[0];
      length = lengths_.Decode(range_, position);
      last_[0] = Distance(length);
      state_ = state_ < 7 ? 7 : 10;
    } else if (range_.Decode(is_other_than_last_[0][state_]) == 0) {
      if (range_.Decode(is_longer_[state_][position]) == 0) {
        state_ = state_ < 7 ? 9 : 11;
        return Copy(1);
      }
      length = Repeated(position);
    } else {
      std::size_t which = 1;
      while (which < 3 && range_.Decode(is_other_than_last_[which][state_]) == 1) ++which;
      std::rotate(last_.begin(), last_.begin() + static_cast<std::ptrdiff_t>(which),
                  last_.begin() + static_cast<std::ptrdiff_t>(which) + 1);
      length = Repeated(position);
    }
    return Copy(length);
  }

  unsigned Repeated(std::size_t position) {
    const unsigned length = repeated_lengths_.Decode(range_, position);
    state_ = state_ < 7 ? 8 : 11;
    return length;
  }

  void Literal() {
    const unsigned before = out_.empty() ? 0 : static_cast<unsigned char>(out_.back());
    Bit* bits = literals_[before >> (8 - kLiteralContext)].data();
    unsigned node = 1;
    if (state_ >= 7 && last_[0] < out_.size()) {
      // It differs from the byte that a match would have gone on with: foretold by that, as far as they are
      // the same.
      unsigned matched = static_cast<unsigned char>(out_[out_.size() - last_[0] - 1]);
      while (node < 0x100) {
        const unsigned expected = matched >> 7 & 1;
        matched <<= 1;
        const unsigned bit = range_.Decode(bits[(0x100u << expected) + node]);
        node = node << 1 | bit;
        if (bit != expected) break;
      }
    }
    while (node < 0x100) node = node << 1 | range_.Decode(bits[node]);
    out_ += static_cast<char>(node & 0xFF);
    state_ = state_ < 4 ? 0 : state_ < 10 ? state_ - 3 : state_ - 6;
  }

  std::uint32_t Distance(unsigned length) {
    const std::size_t kind = std::min(length - kShortestMatch, 3u);
    const unsigned slot = range_.Tree(slots_[kind].data(), 6);
    if (slot < 4) return slot;
    const unsigned bits = (slot >> 1) - 1;
    const std::uint32_t distance = (2 | (slot & 1)) << bits;
    if (slot < 14) return distance + range_.ReverseTree(distances_.data() + distance - slot, bits);
    const std::uint32_t high = range_.Direct(bits - 4) << 4;
    return distance + high + range_.ReverseTree(aligned_.data(), 4);
  }

  bool Copy(unsigned length) {
    if (last_[0] >= out_.size()) return false;
    for (; length > 0 && out_.size() < size_; --length) out_ += out_[out_.size() - last_[0] - 1];
    return true;
  }

  RangeDecoder range_;
  std::size_t size_;
  std::string out_;
  std::size_t state_ = 0;
  std::array<std::uint32_t, 4> last_{};  // the last four distances, less 1
  std::array<std::array<Bit, kPositions>, kStates> is_match_, is_longer_;
  std::array<Bit, kStates> is_repeated_;
  std::array<std::array<Bit, kStates>, 3> is_other_than_last_;  // than each of the last three distances
  std::array<std::array<Bit, 0x300>, 1u << kLiteralContext> literals_;
  Lengths lengths_, repeated_lengths_;
  std::array<std::array<Bit, 64>, 4> slots_;
  std::array<Bit, 128> distances_;
  std::array<Bit, 16> aligned_;
};

}  // namespace

std::string UnpackLzma(std::string_view packed, std::size_t size) {
  return std::move(*std::make_unique<Model>(packed, size)).Unpack();
}

}  // namespace kubectl_ray
