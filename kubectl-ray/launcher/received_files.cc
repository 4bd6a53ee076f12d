#include "kubectl-ray/launcher/received_files.h"

#include <filesystem>
#include <utility>

namespace kubectl_ray {

using shared::ErrorCode;
using shared::Fail;
using shared::Status;

ReceivedFiles::ReceivedFiles(std::string target, std::function<void(const std::string&)> on_note)
    : target_(std::move(target)),
      on_note_(std::move(on_note)),
      reader_({.on_entry = [this](const TarEntry& entry) { return Begin(entry); },
               .on_data =
                   [this](std::string_view data) {
                     bytes_ += data.size();
                     return skipped_ ? shared::Ok() : writer_->Write(data);
                   },
               .on_end = [this] { return skipped_ ? shared::Ok() : writer_->EndFile(); }}) {}

// Decides by the first entry what TARGET is.
Status ReceivedFiles::Open(const TarEntry& first) {
  const std::filesystem::path target(target_);
  std::error_code ignored;
  std::string root = target_;
  if (first.type != TarEntry::Type::kDirectory) {
    const bool into = !target.has_filename() || std::filesystem::is_directory(target, ignored);
    only_file_ = into ? first.name : target.filename().string();
    if (!into) root = target.has_parent_path() ? target.parent_path().string() : ".";
  }
  ASSIGN_OR_RETURN(DirectoryWriter writer, DirectoryWriter::Open(root));
  writer_.emplace(std::move(writer));
  return shared::Ok();
}

Status ReceivedFiles::Begin(const TarEntry& entry) {
  skipped_ = false;
  if (!writer_) {
    TRY(Open(entry));
  } else if (only_file_) {
    return Fail(ErrorCode::kInternal, "the pod sends more than the one file that it began with");
  }
  switch (entry.type) {
    case TarEntry::Type::kFile:
      return BeginFile(entry);
    case TarEntry::Type::kDirectory:
      return writer_->MakeDirectory(entry.name, entry.mode);
    case TarEntry::Type::kLink:
      return MakeLink(entry);
    case TarEntry::Type::kOther:
      on_note_("\"" + entry.name + "\" is left out: it is neither a file nor a directory nor a link");
  }
  return shared::Ok();
}

Status ReceivedFiles::BeginFile(const TarEntry& entry) {
  const std::string& name = only_file_ ? *only_file_ : entry.name;
  skipped_ = SafePathParts(name).empty();
  if (skipped_) {
    on_note_("a file named \"" + name + "\" is left out: the name leads out of \"" + target_ + "\"");
    return shared::Ok();
  }
  ++files_;
  return writer_->BeginReplacement(name, entry.mode);
}

Status ReceivedFiles::MakeLink(const TarEntry& entry) {
  const std::string link = "\"" + entry.name + "\", a link to \"" + entry.link + "\", is left out: ";
  if (!IsLinkWithin(entry.name, entry.link)) {
    on_note_(link + "it leads out of what is copied");
    return shared::Ok();
  }
  ASSIGN_OR_RETURN(const bool made, writer_->MakeLink(entry.name, entry.link));
  if (!made) on_note_(link + "this system makes none");
  return shared::Ok();
}

}  // namespace kubectl_ray
