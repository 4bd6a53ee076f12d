#include "kubectl-ray/launcher/file_archive.h"

#include <zlib.h>

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "tests/support/tree.h"

namespace {

std::string Inflate(const std::string& gzip) {
  z_stream stream = {};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string out(4u << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
  stream.avail_in = static_cast<uInt>(gzip.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

kubectl_ray::FileTree Scan(const Tree& tree) {
  auto scanned = kubectl_ray::ScanDirectory(tree.path(), {.use_gitignore = false});
  REQUIRE(scanned);
  return *scanned;
}

// A text that does not become smaller.
std::string Noise(std::size_t size) {
  std::string text(size, '\0');
  std::uint32_t state = 1;
  for (char& c : text) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return text;
}

constexpr std::size_t kLimit = 1u << 20;

}  // namespace

TEST_CASE("an archive is the same for the same content, and another for a mode or a byte") {
  const Tree one({{"a.py", "print(1)\n"}, {"lib/b.py", ""}}),
      other({{"lib/b.py", ""}, {"a.py", "print(1)\n"}});
  const auto archive = kubectl_ray::PackArchive(Scan(one), kLimit);
  REQUIRE(archive);
  CHECK(kubectl_ray::PackArchive(Scan(other), kLimit).value() == *archive);
  other.Write("a.py", "print(2)\n");
  CHECK(kubectl_ray::PackArchive(Scan(other), kLimit).value() != *archive);
  std::filesystem::permissions(one.path() + "/a.py", std::filesystem::perms::owner_all);
  CHECK(kubectl_ray::PackArchive(Scan(one), kLimit).value() != *archive);
}

TEST_CASE("an archive is whole blocks with a checksum, the name, the mode and the size of each file") {
  const std::map<std::string, std::string> files = {{"a.py", std::string(513, 'x')}};
  const Tree tree(files);
  std::filesystem::permissions(tree.path() + "/a.py", std::filesystem::perms(0750));
  const std::string tar = Inflate(*kubectl_ray::PackArchive(Scan(tree), kLimit));
  CHECK(tar.size() == 512 + 1024 + 1024);
  CHECK(tar.substr(0, 5) == std::string("a.py\0", 5));
  CHECK(tar.substr(100, 8) == std::string("0000750\0", 8));
  CHECK(tar.substr(124, 12) == std::string("00000001001\0", 12));
  CHECK(tar.substr(257, 8) == std::string("ustar\00000", 8));
}

TEST_CASE("an archive above the limit is refused with what is large") {
  const Tree tree({{"small.py", "x"}, {"data/large.bin", Noise(40'000)}});
  const auto archive = kubectl_ray::PackArchive(Scan(tree), 30'000);
  REQUIRE(!archive);
  CHECK(archive.error().message == "2 files of 39.1 KiB are more than 29.3 KiB when packed");
  CHECK(archive.error().hint.find("data/") != std::string::npos);
  CHECK(kubectl_ray::PackArchive(Scan(tree), 50'000));
}

TEST_CASE("a file that shrinks meanwhile is an error") {
  const Tree tree({{"a.py", "0123456789"}, {"b.py", ""}});
  const auto scanned = Scan(tree);
  tree.Write("a.py", "0123");
  const auto archive = kubectl_ray::PackArchive(scanned, kLimit);
  REQUIRE(!archive);
  CHECK(archive.error().message.find("it has become shorter meanwhile") != std::string::npos);
}

TEST_CASE("a tar has the size that was said before, and ends where it is not taken") {
  const Tree tree({{"a.py", "x"}, {std::string(120, 'd') + "/b.py", std::string(1024, 'y')}, {"empty", ""}});
  std::filesystem::create_directory(tree.path() + "/none");
  const auto scanned = Scan(tree);
  std::string tar;
  CHECK(kubectl_ray::WriteTar(scanned, [&](std::string_view bytes) {
          tar += bytes;
          return true;
        }).value());
  CHECK(tar.size() == kubectl_ray::TarSize(scanned));
  CHECK(Inflate(*kubectl_ray::PackArchive(scanned, kLimit)) == tar);
  int pieces = 0;
  CHECK(!kubectl_ray::WriteTar(scanned, [&](std::string_view) { return ++pieces < 2; }).value());
  CHECK(pieces == 2);
}
