// A tar archive from a pod, read as a stream (POSIX.1-2001: ustar and pax, and GNU's long names). Untrusted:
// every size is bounded, and a name is only a name here. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "shared/result.h"

namespace kubectl_ray {

struct TarEntry {
  enum class Type { kFile, kDirectory, kOther };
  Type type = Type::kOther;
  std::string name;  // as in the archive: may be absolute, hold "..", anything
  std::uint64_t size = 0;
};

class TarReader {
 public:
  // on_entry comes before the entry's data, on_data for each piece of a kFile's, on_end behind it (for kFile
  // only). Any of them may fail, which ends the reading.
  struct Handlers {
    std::function<shared::Status(const TarEntry&)> on_entry;
    std::function<shared::Status(std::string_view)> on_data;
    std::function<shared::Status()> on_end;
  };
  explicit TarReader(Handlers handlers) : handlers_(std::move(handlers)) {}

  // Takes the next bytes of the archive. kInternal where they are no archive.
  shared::Status Take(std::string_view bytes);

  // Whether the archive was read to its end mark, or nothing came at all.
  bool at_end() const { return ended_ || (block_.empty() && remaining_ == 0 && entries_ == 0); }

 private:
  enum class Data { kNone, kFile, kLongName, kPax, kSkipped };

  shared::Status TakeHeader();
  shared::Status TakeData(std::string_view data);
  shared::Status EndData();
  shared::Status BeginEntry(char type, std::uint64_t size);

  Handlers handlers_;
  std::string block_;            // a header that is coming in
  Data data_ = Data::kNone;      // what the bytes now are
  std::uint64_t remaining_ = 0;  // of the data
  std::uint64_t padding_ = 0;    // behind it
  std::string meta_;             // a long name, or a pax header
  std::string header_name_;      // of the entry that begins
  std::string long_name_;        // for the next entry; empty: the header's own
  std::uint64_t entries_ = 0;
  bool ended_ = false;
};

}  // namespace kubectl_ray
