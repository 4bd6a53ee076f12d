#include "kubectl-ray/ray/marked_log.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::MarkedLog;

namespace {

// As ray/dashboard/modules/state/state_head.py of 2.40 writes a file.
std::string Marked(const std::string& file) {
  std::string answer;
  for (std::size_t at = 0; at < file.size(); at += 65536) answer += "1" + file.substr(at, 65536);
  return answer;
}

// Returns what a reader gets of `answer`, which comes in pieces of `size`.
std::string Read(const std::string& answer, std::size_t size, MarkedLog* marked) {
  std::string file;
  for (std::size_t at = 0; at < answer.size(); at += size)
    CHECK(marked->Take(std::string_view(answer).substr(at, size),
                       [&](std::string_view bytes) { return file.append(bytes), true; }));
  return file;
}

}  // namespace

TEST_CASE("a log that Ray marked is read as the file is, whatever its size and the pieces it comes in") {
  for (const std::size_t size : {0, 1, 65535, 65536, 65537, 131072, 131073, 200000}) {
    std::string file(size, '1');  // a program may print what looks like a mark
    for (std::size_t i = 0; i < size; i += 3) file[i] = "0x\n"[i % 7 % 3];
    for (const std::size_t piece : {1, 7, 65536, 65537, 1 << 20}) {
      INFO(size << " bytes in pieces of " << piece);
      MarkedLog marked;
      CHECK(Read(Marked(file), piece, &marked) == file);
      CHECK_FALSE(marked.failure());
    }
  }
}

TEST_CASE("an error that Ray wrote in place of a block is no output") {
  const std::string error = "Closing HTTP stream due to internal server error.\nno agent yet";
  for (const std::size_t piece : {1, 10, 1 << 20}) {
    MarkedLog at_once, later;
    CHECK(Read("0" + error, piece, &at_once).empty());
    CHECK(at_once.failure() == error);
    const std::string block(65536, 'a');
    CHECK(Read(Marked(block) + "0" + error, piece, &later) == block);
    CHECK(later.failure() == error);
  }
  MarkedLog endless;
  CHECK(Read("0" + std::string(1 << 20, 'e'), 4096, &endless).empty());
  CHECK(endless.failure()->size() == 4096);
}

TEST_CASE("a reader that is gone ends it") {
  MarkedLog marked;
  CHECK_FALSE(marked.Take("1hello", [](std::string_view) { return false; }));
}
