#include "kubectl-ray/packages/file_tree.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string_view>
#include <utility>

#include "kubectl-ray/packages/ignore_rules.h"
#include "shared/split.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;

constexpr int kMaxDepth = 256;
constexpr std::size_t kMaxIgnoreFileBytes = 1 << 20;
constexpr std::uint64_t kEndOfZipBytes = 22;
constexpr std::uint64_t kDeflateFactor = 1032;  // the most that deflate shrinks by
constexpr const char* kExcludes = "excludes";
constexpr const char* kDefaults = "Ray's defaults, which $RAY_OVERRIDE_RUNTIME_ENV_DEFAULT_EXCLUDES replaces";

Status Refuse(const std::string& path, const std::string& cause) {
  return Fail(ErrorCode::kUsage, "cannot pack \"" + path + "\": " + cause,
              "Mend it, or leave it out: a line in .rayignore, or `excludes` in the runtime_env.");
}

Result<std::vector<std::string>> ListNames(const std::string& directory) {
  std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(directory.c_str()), closedir);
  if (dir == nullptr) {
    const int error = errno;
    TRY(Refuse(directory, shared::ErrnoText(error)));
  }
  std::vector<std::string> names;
  while (const dirent* entry = readdir(dir.get()))
    if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0)
      names.emplace_back(entry->d_name);
  std::sort(names.begin(), names.end());
  return names;
}

const char* SpecialKind(mode_t mode) {
  if (S_ISSOCK(mode)) return "it is a socket";
  if (S_ISFIFO(mode)) return "it is a named pipe";
  return "it is a device";
}

// A local header (30 bytes), an entry of the zip's directory (46), and the name in both.
std::uint64_t SmallestEntry(const PackedFile& file) {
  return 76 + 2 * file.path.size() + file.size / kDeflateFactor;
}

// The rules of one file, with the directory they are relative to.
struct Scope {
  IgnoreRules rules;
  std::string name;       // for LeftOut
  std::size_t base_size;  // length of that directory's path in the package, with its slash
};

class Scanner {
 public:
  Scanner(const ScanOptions& options, FileTree* tree) : options_(options), tree_(tree) {
    std::vector<std::string> patterns = options.default_excludes;
    patterns.insert(patterns.end(), options.excludes.begin(), options.excludes.end());
    if (!patterns.empty()) scopes_.push_back({IgnoreRules::FromPatterns(patterns), kExcludes, 0});
  }

  // `path` is "" for the root, and otherwise relative with a trailing slash.
  Status Walk(const std::string& source, const std::string& path, const struct stat& self) {
    if (above_.size() >= kMaxDepth) return Refuse(source, "it is more than 256 directories deep");
    above_.push_back(self);
    const std::size_t scopes = scopes_.size();
    TRY(ReadIgnoreFile(source, path, ".rayignore"));
    if (options_.use_gitignore) TRY(ReadIgnoreFile(source, path, ".gitignore"));
    ASSIGN_OR_RETURN(const std::vector<std::string> names, ListNames(source));
    if (names.empty() && !path.empty())
      Add({options_.prefix + path, source, 0, static_cast<std::uint32_t>(self.st_mode & 07777), true});
    for (const std::string& name : names) {
      if (options_.interrupt != nullptr && options_.interrupt->raised())
        return Fail(ErrorCode::kInterrupted, "interrupted while looking for the files to send");
      TRY(Visit(source + "/" + name, path + name));
      if (tree_->ended_early) break;
    }
    scopes_.erase(scopes_.begin() + static_cast<std::ptrdiff_t>(scopes), scopes_.end());
    above_.pop_back();
    return shared::Ok();
  }

 private:
  void Add(PackedFile file) {
    const std::uint64_t limit = options_.package_limit;
    tree_->total_size += file.size;
    smallest_zip_ += SmallestEntry(file);
    tree_->files.push_back(std::move(file));
    if (limit == 0) return;
    if (smallest_zip_ >= limit || tree_->total_size / kLargestTreePerLimit >= limit)
      tree_->ended_early = ++files_after_limit_ > options_.files_after_limit;
  }

  Status ReadIgnoreFile(const std::string& source, const std::string& path, const std::string& name) {
    const std::string file_path = source + "/" + name;
    struct stat info;
    if (stat(file_path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return shared::Ok();
    if (static_cast<std::size_t>(info.st_size) > kMaxIgnoreFileBytes)
      return Refuse(file_path, "an ignore file of more than 1 MiB");
    std::ifstream file(file_path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return Refuse(file_path, "it cannot be read");
    scopes_.push_back({IgnoreRules::Parse(text.str()), path + name, path.size()});
    return shared::Ok();
  }

  void NoteLeftOut(const std::string& path, const IgnorePattern& pattern, const Scope& scope) {
    const auto has = [&](const std::vector<std::string>& patterns) {
      return std::find(patterns.begin(), patterns.end(), pattern.text()) != patterns.end();
    };
    const bool by_default =
        scope.name == kExcludes && has(options_.default_excludes) && !has(options_.excludes);
    tree_->left_out.push_back({path, pattern.text(), by_default ? kDefaults : scope.name});
  }

  // Returns whether a rule leaves `path` out; if so, notes it.
  bool IsLeftOut(const std::string& path) {
    for (const Scope& scope : scopes_) {
      const IgnorePattern* pattern = scope.rules.Excludes(std::string_view(path).substr(scope.base_size));
      if (pattern == nullptr) continue;
      NoteLeftOut(path, *pattern, scope);
      return true;
    }
    return false;
  }

  // Returns whether a rule leaves out all that is in directory `path`; if so, notes it. For an unreadable one
  // this need not be certain: its contents cannot be packed, whatever a later rule says.
  bool IsAllLeftOut(const std::string& path, bool readable) {
    for (const Scope& scope : scopes_) {
      bool certain = false;
      const IgnorePattern* pattern =
          scope.rules.ExcludesAllIn(std::string_view(path).substr(scope.base_size), &certain);
      if (pattern == nullptr || (readable && !certain)) continue;
      NoteLeftOut(path, *pattern, scope);
      return true;
    }
    return false;
  }

  Status Visit(const std::string& source, const std::string& path) {
    if (IsLeftOut(path)) return shared::Ok();
    struct stat info;
    if (stat(source.c_str(), &info) != 0) {
      const int error = errno;
      struct stat link;
      if (lstat(source.c_str(), &link) != 0 || !S_ISLNK(link.st_mode))
        return Refuse(source, shared::ErrnoText(error));
      tree_->left_out.push_back({path, "", "a link that leads nowhere"});
      return shared::Ok();
    }
    if (!shared::IsUtf8(path)) return Refuse(source, "its name is not UTF-8");
    if (S_ISDIR(info.st_mode)) return VisitDirectory(source, path, info);
    if (!S_ISREG(info.st_mode)) return Refuse(source, SpecialKind(info.st_mode));
    if (access(source.c_str(), R_OK) != 0) return Refuse(source, shared::ErrnoText(errno));
    Add({options_.prefix + path, source, static_cast<std::uint64_t>(info.st_size),
         static_cast<std::uint32_t>(info.st_mode & 07777), false});
    return shared::Ok();
  }

  Status VisitDirectory(const std::string& source, const std::string& path, const struct stat& info) {
    const bool loops = std::any_of(above_.begin(), above_.end(), [&](const struct stat& directory) {
      return directory.st_dev == info.st_dev && directory.st_ino == info.st_ino;
    });
    if (IsAllLeftOut(path, access(source.c_str(), R_OK) == 0)) return shared::Ok();
    if (!loops) return Walk(source, path + "/", info);
    tree_->left_out.push_back({path, "", "a link back to a directory above it"});
    return shared::Ok();
  }

  const ScanOptions& options_;
  FileTree* tree_;
  std::vector<Scope> scopes_;
  std::vector<struct stat> above_;
  std::uint64_t smallest_zip_ = kEndOfZipBytes;
  std::size_t files_after_limit_ = 0;
};

// What a directory's files have in sum, and the same for all that is below it.
using DirectorySizes = std::map<std::string, DirectorySize>;

void AddToAllAbove(std::string directory, std::uint64_t size, std::uint64_t files, DirectorySizes* sizes) {
  while (true) {
    DirectorySize& entry = (*sizes)[directory];
    entry.size += size;
    entry.files += files;
    if (directory == "./") return;
    const std::size_t slash =
        directory.size() < 2 ? std::string::npos : directory.rfind('/', directory.size() - 2);
    directory = slash == std::string::npos ? "./" : directory.substr(0, slash + 1);
  }
}

// Each directory's files are together, since files are in order, but for what is in the directories beside
// them.
DirectorySizes SumDirectories(const FileTree& tree) {
  DirectorySizes sizes;
  if (tree.files.empty()) return sizes;
  std::string directory = "./";
  std::uint64_t size = 0, files = 0;
  for (const PackedFile& file : tree.files) {
    const std::size_t slash = file.path.rfind('/');
    const std::string_view own =
        slash == std::string::npos ? "./" : std::string_view(file.path).substr(0, slash + 1);
    if (own != directory) {
      AddToAllAbove(directory, size, files, &sizes);
      directory = own;
      size = files = 0;
    }
    size += file.size;
    files += file.is_directory ? 0 : 1;
  }
  AddToAllAbove(directory, size, files, &sizes);
  return sizes;
}

// Whether one directory below holds nearly all of it: that one says more.
bool HasLargeChild(const DirectorySizes& sizes, const DirectorySizes::value_type& entry) {
  const bool is_root = entry.first == "./";
  for (auto child = is_root ? sizes.begin() : sizes.upper_bound(entry.first);
       child != sizes.end() && (is_root || child->first.starts_with(entry.first)); ++child)
    if (child->first != entry.first && child->second.size * 10 >= entry.second.size * 9) return true;
  return false;
}

}  // namespace

std::vector<std::string> DefaultExcludes(const std::optional<std::string>& override_list) {
  const std::string list = override_list.value_or(".git,.venv,venv,__pycache__");
  std::vector<std::string> patterns;
  for (const std::string_view part : shared::Split(list, ','))
    if (const std::string_view pattern = shared::Trim(part); !pattern.empty()) patterns.emplace_back(pattern);
  return patterns;
}

Result<FileTree> ScanDirectory(const std::string& directory, const ScanOptions& options) {
  struct stat info;
  const std::string hint =
      "Give --working-dir a directory, a .zip, .tar.gz, .tgz or .tar.xz file, or a remote URI.";
  if (stat(directory.c_str(), &info) != 0)
    return Fail(ErrorCode::kUsage, "cannot pack directory \"" + directory + "\": " + shared::ErrnoText(errno),
                hint);
  if (!S_ISDIR(info.st_mode))
    return Fail(ErrorCode::kUsage, "cannot pack directory \"" + directory + "\": it is not a directory",
                hint);
  FileTree tree;
  TRY(Scanner(options, &tree).Walk(directory, "", info));
  std::sort(tree.files.begin(), tree.files.end(),
            [](const PackedFile& a, const PackedFile& b) { return a.path < b.path; });
  return tree;
}

std::uint64_t SmallestPackageSize(const FileTree& tree) {
  std::uint64_t size = kEndOfZipBytes;
  for (const PackedFile& file : tree.files) size += SmallestEntry(file);
  return size;
}

std::vector<DirectorySize> LargestDirectories(const FileTree& tree, std::size_t count) {
  const DirectorySizes sizes = SumDirectories(tree);
  std::vector<DirectorySize> largest;
  for (const auto& entry : sizes) {
    if (entry.second.size > 0 && HasLargeChild(sizes, entry)) continue;
    largest.push_back(entry.second);
    largest.back().path = entry.first;
  }
  std::sort(largest.begin(), largest.end(),
            [](const DirectorySize& a, const DirectorySize& b) { return a.size > b.size; });
  if (largest.size() > count) largest.resize(count);
  return largest;
}

}  // namespace kubectl_ray
