#include "kubectl-ray/operator/operator_errors.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

TEST_CASE("errors in the operator's log: the last ones, each once") {
  using Lines = std::vector<std::string>;
  const std::pair<std::string, Lines> rows[] = {
      {"", {}},
      {R"({"level":"info","msg":"Setup manager"})", {}},
      {R"({"level":"error","logger":"setup","msg":"Unable to set","error":"unrecognized feature gate: X"})",
       {"Unable to set: unrecognized feature gate: X"}},
      {R"({"level":"error","msg":"a"})"
       "\n"
       R"({"level":"error","msg":"b"})"
       "\n"
       R"({"level":"error","msg":"a"})",
       {"b", "a"}},
      {"panic: nil map\n\ngoroutine 1 [running]:\n", {"panic: nil map"}},
      {"{\"level\":\"error\"\n{\"level\":\"error\",\"msg\":7}\n{}\n[]\n", {}},
      {R"({"level":"error","msg":"two\nlines"})", {"two; lines"}},
  };
  for (const auto& [log, errors] : rows) {
    INFO(log);
    CHECK(ErrorsInLog(log) == errors);
  }
  std::string many;
  for (int i = 0; i < 20; ++i) many += R"({"level":"error","msg":")" + std::to_string(i) + "\"}\n";
  CHECK(ErrorsInLog(many) == Lines{"15", "16", "17", "18", "19"});
}
