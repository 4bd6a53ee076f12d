#include "kubectl-ray/logs/tar_reader.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <vector>

using kubectl_ray::TarEntry;
using kubectl_ray::TarReader;

namespace {

std::string Pad(std::string data) {
  data.resize((data.size() + 511) / 512 * 512, '\0');
  return data;
}

std::string Header(const std::string& name, char type, std::uint64_t size) {
  std::string block(512, '\0');
  block.replace(0, std::min<std::size_t>(name.size(), 100), name.substr(0, 100));
  char number[13];
  std::snprintf(number, sizeof number, "%011llo", static_cast<unsigned long long>(size));
  block.replace(124, 11, number);
  block[156] = type;
  block.replace(257, 8,
                std::string("ustar\0"
                            "00",
                            8));
  block.replace(148, 8, std::string(8, ' '));
  unsigned sum = 0;
  for (char c : block) sum += static_cast<unsigned char>(c);
  std::snprintf(number, sizeof number, "%06o", sum);
  block.replace(148, 7, std::string(number) + '\0');
  return block;
}

std::string File(const std::string& name, const std::string& data) {
  return Header(name, '0', data.size()) + Pad(data);
}

const std::string kEnd(1024, '\0');

// Returns "name:data;" for each file, "name/;" for a directory, "name->target;" for a link, "name?;" for
// anything else.
struct Reading {
  std::string seen;
  bool ok = true;
  bool at_end = false;
};

Reading Read(const std::string& archive, std::size_t piece) {
  Reading reading;
  TarReader reader({.on_entry =
                        [&](const TarEntry& entry) {
                          reading.seen += entry.name;
                          if (entry.type == TarEntry::Type::kFile) reading.seen += ':';
                          if (entry.type == TarEntry::Type::kDirectory) reading.seen += "/;";
                          if (entry.type == TarEntry::Type::kLink) reading.seen += "->" + entry.link + ";";
                          if (entry.type == TarEntry::Type::kOther) reading.seen += "?;";
                          return shared::Ok();
                        },
                    .on_data =
                        [&](std::string_view data) {
                          reading.seen += data;
                          return shared::Ok();
                        },
                    .on_end =
                        [&] {
                          reading.seen += ';';
                          return shared::Ok();
                        }});
  for (std::size_t i = 0; i < archive.size() && reading.ok; i += piece)
    reading.ok = reader.Take(std::string_view(archive).substr(i, piece)).has_value();
  reading.at_end = reader.at_end();
  return reading;
}

}  // namespace

TEST_CASE("entries come out alike however the bytes are cut") {
  const std::string long_name(200, 'n');
  const std::string archive =
      Header(".", '5', 0) + File("a", "hello") + File("empty", "") + File("b", std::string(512, 'x')) +
      Header("link", '2', 0) + Header("././@LongLink", 'K', 201) + Pad(long_name + '\0') +
      Header("far", '2', 0) + Header("pax", 'x', 17) + Pad("17 linkpath=over\n") + Header("lp", '2', 0) +
      Header("././@LongLink", 'L', 201) + Pad(long_name + '\0') + File("short", "1") +
      Header("pax", 'x', 18) + Pad("18 path=from-pax!\n") + File("short", "2") + Header("g", 'g', 3) +
      Pad("xyz") + File("last", "3") + kEnd;
  const std::string expected = "./;a:hello;empty:;b:" + std::string(512, 'x') + ";link->;far->" + long_name +
                               ";lp->over;" + long_name + ":1;from-pax!:2;last:3;";
  for (std::size_t piece :
       {std::size_t{1}, std::size_t{7}, std::size_t{512}, std::size_t{513}, archive.size()}) {
    INFO(piece);
    const Reading reading = Read(archive, piece);
    CHECK(reading.ok);
    CHECK(reading.at_end);
    CHECK(reading.seen == expected);
  }
}

TEST_CASE("an archive that is cut is not at its end; no archive at all is") {
  const std::string archive = File("a", "hello") + kEnd;
  CHECK(Read("", 1).at_end);
  for (std::size_t size :
       {std::size_t{1}, std::size_t{511}, std::size_t{512}, std::size_t{515}, std::size_t{1024}}) {
    INFO(size);
    const Reading reading = Read(archive.substr(0, size), 512);
    CHECK(reading.ok);
    CHECK(!reading.at_end);
  }
}

TEST_CASE("what is no archive is refused") {
  CHECK(!Read(std::string(512, 'x'), 512).ok);
  CHECK(!Read("<html>" + std::string(600, ' '), 512).ok);
  CHECK(!Read(Header("l", 'L', 1u << 20), 512).ok);
  std::string huge = Header("a", '0', 0);
  huge.replace(124, 12, std::string(12, '\xff'));
  CHECK(!Read(huge, 512).ok);
}
