// Reads a tar archive from a pod as a stream (POSIX.1-2001: ustar and pax, and GNU's long names). The archive
// is untrusted: every size is bounded, and names are passed on as they are, not used. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "shared/result.h"

namespace kubectl_ray {

struct TarEntry {
  enum class Type { kFile, kDirectory, kLink, kOther };  // kLink: a symbolic one
  Type type = Type::kOther;
  std::string name;  // as in the archive: it may be absolute and contain ".." or anything else
  std::uint64_t size = 0;
  std::uint32_t mode = 0;  // permission bits, without those of setuid, setgid and the sticky one
  std::string link;        // of a kLink: its target as in the archive, which may be anything
};

class TarReader {
 public:
  // on_entry is called before the entry's data, on_data for each piece of a kFile's data, on_end after it
  // (for a kFile only). If one of them fails, the reading ends with its error.
  struct Handlers {
    std::function<shared::Status(const TarEntry&)> on_entry;
    std::function<shared::Status(std::string_view)> on_data;
    std::function<shared::Status()> on_end;
  };
  explicit TarReader(Handlers handlers) : handlers_(std::move(handlers)) {}

  // Takes the next bytes of the archive. kInternal if they are not an archive.
  shared::Status Take(std::string_view bytes);

  // Returns whether the archive was read to its end mark, or nothing came at all.
  bool at_end() const { return ended_ || (block_.empty() && remaining_ == 0 && entries_ == 0); }

 private:
  enum class Data { kNone, kFile, kLongName, kLongLink, kPax, kSkipped };

  shared::Status TakeHeader();
  shared::Status TakeData(std::string_view data);
  shared::Status EndData();
  shared::Status BeginEntry(std::string_view header, std::uint64_t size);

  Handlers handlers_;
  std::string block_;            // a header, as far as it has come
  Data data_ = Data::kNone;      // what the next bytes are
  std::uint64_t remaining_ = 0;  // of the data
  std::uint64_t padding_ = 0;    // after the data
  std::string meta_;             // a long name, or a pax header
  std::string header_name_;      // of the entry that has begun
  std::string long_name_;        // for the next entry; if empty, the header's own name
  std::string long_link_;        // likewise for its link's target
  std::uint64_t entries_ = 0;
  bool ended_ = false;
};

}  // namespace kubectl_ray
