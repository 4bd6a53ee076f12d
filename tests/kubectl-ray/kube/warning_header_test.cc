#include "kubectl-ray/kube/warning_header.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::ParseWarningHeader;
using Texts = std::vector<std::string>;

TEST_CASE("the texts of a Warning header are read") {
  // As kube-apiserver 1.34 sends them, and the forms of apimachinery's TestParseWarningHeader.
  const struct {
    const char* header;
    Texts texts;
  } rows[] = {
      {R"(299 - "unknown field \"spec.template.spec.hostNetwrok\"")",
       {R"(unknown field "spec.template.spec.hostNetwrok")"}},
      {R"(299 - "a" "Sat, 28 Nov 2026 10:00:00 GMT")", {"a"}},
      {R"(299 - "a", 299 host:80 "b")", {"a", "b"}},
      {R"(299 - "a","x")", {"a"}},
      {R"(110 cache "is stale", 299 - "b")", {"b"}},
      {R"(299 - "a, 299 - b")", {"a, 299 - b"}},
      {R"(299 - "back\\slash")", {R"(back\slash)"}},
      {R"(  299 - "a"  )", {"a"}},
      {R"(299 - "")", {""}},
      {R"(299 - "no end)", {}},
      {R"(299 - "no end\")", {}},
      {R"(299 - bare)", {}},
      {R"(299 "a")", {}},
      {R"(2999 - "a")", {}},
      {"299", {}},
      {"", {}},
  };
  for (const auto& row : rows) {
    INFO(row.header);
    CHECK(ParseWarningHeader(row.header) == row.texts);
  }
}
