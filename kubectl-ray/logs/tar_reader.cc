#include "kubectl-ray/logs/tar_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Status;

constexpr std::size_t kBlockBytes = 512;
constexpr std::size_t kMaxMetaBytes = 64 * 1024;
constexpr std::uint64_t kMaxEntryBytes = std::uint64_t{1} << 50;

std::string_view Field(std::string_view block, std::size_t offset, std::size_t size) {
  const std::string_view field = block.substr(offset, size);
  return field.substr(0, field.find('\0'));
}

// Reads octal digits with spaces around them, or base 256 with the first bit set (GNU). Returns false if it
// is neither.
bool ReadNumber(std::string_view block, std::size_t offset, std::size_t size, std::uint64_t* number) {
  const std::string_view field = block.substr(offset, size);
  *number = 0;
  if ((static_cast<unsigned char>(field[0]) & 0x80) != 0) {
    for (std::size_t i = 0; i < field.size(); ++i) {
      if (*number > (kMaxEntryBytes >> 8)) return false;
      *number = *number << 8 | (static_cast<unsigned char>(field[i]) & (i == 0 ? 0x7f : 0xff));
    }
    return true;
  }
  for (char c : Field(block, offset, size)) {
    if (c == ' ') continue;
    if (c < '0' || c > '7') return false;
    *number = *number << 3 | static_cast<std::uint64_t>(c - '0');
  }
  return true;
}

bool ChecksumFits(std::string_view block) {
  std::uint64_t written = 0;
  if (!ReadNumber(block, 148, 8, &written)) return false;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i)
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(block[i]);
  return sum == written;
}

// Returns the value of `key` in a pax header's records ("LENGTH KEY=VALUE\n" each), or an empty string.
std::string PaxValue(std::string_view records, std::string_view key) {
  std::string value;
  while (!records.empty()) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(records.data(), records.data() + records.size(), length);
    const auto digits = static_cast<std::size_t>(end - records.data());
    if (error != std::errc() || length <= digits + 1 || length > records.size()) return value;
    const std::string_view record = records.substr(digits + 1, length - digits - 2);
    if (record.starts_with(key) && record.substr(key.size()).starts_with('='))
      value = record.substr(key.size() + 1);
    records.remove_prefix(length);
  }
  return value;
}

shared::Unexpected<shared::Error> NoArchive() {
  return Fail(ErrorCode::kInternal, "what the pod sends is not a tar archive");
}

}  // namespace

Status TarReader::Take(std::string_view bytes) {
  while (!bytes.empty() && !ended_) {
    if (remaining_ > 0) {
      const std::string_view data = bytes.substr(0, std::min<std::uint64_t>(remaining_, bytes.size()));
      bytes.remove_prefix(data.size());
      remaining_ -= data.size();
      TRY(TakeData(data));
      if (remaining_ == 0) {
        TRY(EndData());
      }
    } else if (padding_ > 0) {
      const std::uint64_t skipped = std::min<std::uint64_t>(padding_, bytes.size());
      bytes.remove_prefix(skipped);
      padding_ -= skipped;
    } else {
      const std::string_view part = bytes.substr(0, kBlockBytes - block_.size());
      block_ += part;
      bytes.remove_prefix(part.size());
      if (block_.size() == kBlockBytes) {
        TRY(TakeHeader());
      }
    }
  }
  return shared::Ok();
}

Status TarReader::TakeHeader() {
  const std::string block = std::exchange(block_, {});
  if (block.find_first_not_of('\0') == std::string::npos) {
    ended_ = true;
    return shared::Ok();
  }
  std::uint64_t size = 0;
  if (!ChecksumFits(block) || !ReadNumber(block, 124, 12, &size) || size > kMaxEntryBytes) return NoArchive();
  ++entries_;
  // What describes the next entry takes neither of that one's names.
  if (std::string_view("LKxg").find(block[156]) != std::string_view::npos) return BeginEntry(block, size);
  if (long_name_.empty()) {
    const std::string_view prefix =
        block.substr(257, 5) == "ustar" && block[262] == '\0' ? Field(block, 345, 155) : std::string_view();
    header_name_ = prefix.empty() ? "" : std::string(prefix) + "/";
    header_name_ += Field(block, 0, 100);
  } else {
    header_name_ = std::exchange(long_name_, {});
  }
  return BeginEntry(block, size);
}

Status TarReader::BeginEntry(std::string_view header, std::uint64_t size) {
  const char type = header[156];
  remaining_ = size;
  padding_ = (kBlockBytes - size % kBlockBytes) % kBlockBytes;
  data_ = Data::kSkipped;
  if (type == 'L' || type == 'K' || type == 'x') {
    if (size > kMaxMetaBytes) return Fail(ErrorCode::kInternal, "a name in the pod's archive is too long");
    data_ = type == 'L' ? Data::kLongName : type == 'K' ? Data::kLongLink : Data::kPax;
    meta_.clear();
  } else if (type != 'g') {
    std::uint64_t mode = 0;
    if (!ReadNumber(header, 100, 8, &mode)) return NoArchive();
    TarEntry entry{TarEntry::Type::kOther, std::move(header_name_), size,
                   static_cast<std::uint32_t>(mode & 0777), std::exchange(long_link_, {})};
    if (type == '2') entry.type = TarEntry::Type::kLink;
    if (entry.link.empty() && type == '2') entry.link = Field(header, 157, 100);
    if (type == '0' || type == '\0' || type == '7') entry.type = TarEntry::Type::kFile;
    if (type == '5') entry.type = TarEntry::Type::kDirectory;
    if (entry.type == TarEntry::Type::kFile) data_ = Data::kFile;
    TRY(handlers_.on_entry(entry));
  }
  return remaining_ == 0 ? EndData() : shared::Ok();
}

Status TarReader::TakeData(std::string_view data) {
  if (data_ == Data::kFile) return handlers_.on_data(data);
  if (data_ != Data::kSkipped) meta_ += data;
  return shared::Ok();
}

Status TarReader::EndData() {
  const Data ended = std::exchange(data_, Data::kNone);
  if (ended == Data::kFile) return handlers_.on_end();
  if (ended == Data::kLongName) long_name_ = meta_.substr(0, meta_.find('\0'));
  if (ended == Data::kLongLink) long_link_ = meta_.substr(0, meta_.find('\0'));
  if (ended == Data::kPax) {
    long_name_ = PaxValue(meta_, "path");
    long_link_ = PaxValue(meta_, "linkpath");
  }
  return shared::Ok();
}

}  // namespace kubectl_ray
