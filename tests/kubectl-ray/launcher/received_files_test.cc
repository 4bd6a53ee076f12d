#include "kubectl-ray/launcher/received_files.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <set>
#include <sstream>

#include "tests/support/tree.h"

using kubectl_ray::ReceivedFiles;

namespace {

std::string Entry(const std::string& name, char type, const std::string& data = "", unsigned mode = 0644,
                  const std::string& link = "") {
  std::string block(512, '\0');
  block.replace(0, name.size(), name);
  block.replace(157, link.size(), link);
  char number[13];
  std::snprintf(number, sizeof number, "%07o", mode);
  block.replace(100, 7, number);
  std::snprintf(number, sizeof number, "%011zo", data.size());
  block.replace(124, 11, number);
  block[156] = type;
  block.replace(148, 8, std::string(8, ' '));
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  std::snprintf(number, sizeof number, "%06o", sum);
  block.replace(148, 7, std::string(number) + '\0');
  std::string padded = data;
  padded.resize((data.size() + 511) / 512 * 512, '\0');
  return block + padded;
}
std::string File(const std::string& name, const std::string& data, unsigned mode = 0644) {
  return Entry(name, '0', data, mode);
}
std::string Folder(const std::string& name, unsigned mode = 0755) { return Entry(name, '5', "", mode); }
std::string Link(const std::string& name, const std::string& target) {
  return Entry(name, '2', "", 0777, target);
}
const std::string kEnd(1024, '\0');

// "path=content mode", "path/", "path->target", sorted, with a space between.
std::string Listing(const std::string& root) {
  std::set<std::string> rows;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    std::string row = entry.path().string().substr(root.size() + 1);
    if (entry.is_symlink()) {
      row += "->" + std::filesystem::read_symlink(entry.path()).string();
    } else if (entry.is_directory()) {
      row += "/";
    } else {
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      char mode[16];
      std::snprintf(mode, sizeof mode, " %o", static_cast<unsigned>(entry.status().permissions()));
      row += "=" + text.str() + mode;
    }
    rows.insert(row);
  }
  std::string all;
  for (const std::string& row : rows) all += (all.empty() ? "" : " ") + row;
  return all;
}

struct Received {
  std::string listing;
  std::string notes;
  std::string error;
};

// Receives the archive in pieces of 100 bytes, at `target` below a folder with an old file and a folder.
Received Receive(const std::string& target, const std::string& archive) {
  const Tree tree(std::map<std::string, std::string>{{"here/old", "o"}});
  Received received;
  {
    ReceivedFiles files(tree.path() + "/here/" + target,
                        [&](const std::string& note) { received.notes += note + ";"; });
    for (std::size_t i = 0; i < archive.size() && received.error.empty(); i += 100)
      if (const auto taken = files.Take(std::string_view(archive).substr(i, 100)); !taken)
        received.error = taken.error().message;
  }
  received.listing = Listing(tree.path());
  return received;
}

}  // namespace

TEST_CASE("received files come where rsync would put them, with their modes") {
  struct Row {
    const char* target;
    std::string archive;
    const char* listing;
  };
  for (const Row& row : {
           Row{"", File("a", "1", 0750), "here/ here/a=1 750 here/old=o 644"},
           Row{"old", File("a", "1"), "here/ here/old=1 644"},
           Row{"new/", File("a", "1"), "here/ here/new/ here/new/a=1 644 here/old=o 644"},
           Row{"x/new", File("a", "1"), "here/ here/old=o 644 here/x/ here/x/new=1 644"},
           Row{"", Folder("d") + File("d/a", "1", 0600) + Folder("d/e", 0700),
               "here/ here/d/ here/d/a=1 600 here/d/e/ here/old=o 644"},
           Row{"", Folder(".") + File("./old", "1", 0400), "here/ here/old=1 400"},
           Row{"n/m", Folder(".") + File("./a", std::string(700, 'x')), nullptr},
           Row{"", Folder("d") + Link("d/l", "../old") + Link("d/m", "e/f"),
               "here/ here/d/ here/d/l->../old here/d/m->e/f here/old=o 644"},
           Row{"", Folder(".") + Link("old", "d"), "here/ here/old->d"},
           Row{"", Folder(".") + File("s", "1", 06755), "here/ here/old=o 644 here/s=1 755"},
       }) {
    const Received received = Receive(row.target, row.archive + kEnd);
    INFO(row.target);
    CHECK(received.error.empty());
    CHECK(received.notes.empty());
    CHECK(received.listing == (row.listing != nullptr ? row.listing
                                                      : "here/ here/n/ here/n/m/ here/n/m/a=" +
                                                            std::string(700, 'x') + " 644 here/old=o 644"));
  }
}

TEST_CASE("nothing that a pod sends comes outside the target") {
  const std::string outside = "here/ here/old=o 644 here/t/";
  for (const std::string& entry :
       {File("../x", "1"), File("/tmp/x", "1"), File("a/../../x", "1"), File("..", "1"), Link("l", "/etc"),
        Link("l", ".."), Link("l", "../old"), Link("l", "a/../.."), Link("l", ""), Link("../l", "a"),
        Entry("dev", '3'), Entry("hard", '1', "", 0644, "/etc/passwd")}) {
    INFO(entry.substr(0, 100));
    const Received received = Receive("t", Folder(".") + entry + kEnd);
    CHECK(received.listing == outside);
    CHECK(received.error.empty());
    CHECK(received.notes.find("is left out") != std::string::npos);
  }
  CHECK(Receive("t", Folder("../../up") + kEnd).listing == outside);
  CHECK(Receive("t", Folder("/up") + kEnd).listing == outside);
  // A link that is fine is no way to another place, be it the pod's own or one that is there.
  const Received through = Receive("t", Folder(".") + Link("l", "d") + File("l/x", "1") + kEnd);
  CHECK(through.listing == outside + " here/t/l->d");
  CHECK(!through.error.empty());
}

TEST_CASE("a file that comes in part leaves the old one, and nothing beside it") {
  const std::string half = File("old", std::string(600, 'x')).substr(0, 900);
  CHECK(Receive("", Folder(".") + half).listing == "here/ here/old=o 644");
  CHECK(Receive("old", half).listing == "here/ here/old=o 644");
}

TEST_CASE("a pod that sends one file sends no other") {
  const Received two = Receive("new", File("a", "1") + File("b", "2") + kEnd);
  CHECK(two.error == "the pod sends more than the one file that it began with");
  CHECK(two.listing == "here/ here/new=1 644 here/old=o 644");
  CHECK(!Receive("new", std::string(600, 'x')).error.empty());
}
