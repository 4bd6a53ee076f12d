#include "kubectl-ray/operator/flags.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

TEST_CASE("a flag of the operator is read as Go reads it") {
  const std::pair<const char*, std::optional<std::string>> rows[] = {
      {R"(["--gates=A=true"])", "A=true"},
      {R"(["-gates=A=true"])", "A=true"},
      {R"(["--gates", "A=true"])", "A=true"},
      {R"(["--gates=A=true", "--gates=B=true"])", "B=true"},
      {R"(["--gates"])", ""},
      {R"(["--gates="])", ""},
      {R"(["--gatesx=1", "gates=1", "--x", 7])", std::nullopt},
      {"[]", std::nullopt},
      {"null", std::nullopt},
  };
  for (const auto& [args, value] : rows) {
    INFO(args);
    CHECK(OperatorFlag(*shared::ParseJson(args), "gates") == value);
  }
}

TEST_CASE("a flag is set at its first place, once") {
  const std::pair<const char*, const char*> rows[] = {
      {"[]", R"(["--gates=N"])"},
      {"null", R"(["--gates=N"])"},
      {R"(["--a", "--gates=A", "--b"])", R"(["--a","--gates=N","--b"])"},
      {R"(["--gates", "A", "--b", "-gates=B"])", R"(["--gates=N","--b"])"},
  };
  for (const auto& [before, after] : rows) {
    INFO(before);
    Json args = *shared::ParseJson(before);
    SetOperatorFlag(&args, "gates", "N");
    CHECK(shared::DumpJson(args) == after);
  }
}

TEST_CASE("feature gates are pairs") {
  const std::pair<const char*, std::map<std::string, bool>> rows[] = {
      {"", {}},
      {"A=true", {{"A", true}}},
      {" A = true , B=false,", {{"A", true}, {"B", false}}},
      {"A,B=1,C=maybe", {{"A", false}, {"B", true}, {"C", false}}},
  };
  for (const auto& [text, gates] : rows) {
    INFO(text);
    CHECK(ParseFeatureGates(text) == gates);
  }
}
