#include "kubectl-ray/cli/app.h"

#include <catch2/catch_test_macros.hpp>
#include <sstream>

namespace {

struct Outcome {
  int code;
  std::string out;
  std::string err;
};

Outcome Run(std::vector<std::string> arguments) {
  std::istringstream in;
  std::ostringstream out, err;
  kubectl_ray::Streams io{.in = in, .out = out, .err = err};
  shared::Interrupt interrupt;
  const int code = kubectl_ray::RunApp(
      std::move(arguments), io, [](const std::string&) { return std::nullopt; }, interrupt);
  return {code, out.str(), err.str()};
}

}  // namespace

TEST_CASE("version is data on stdout") {
  const Outcome outcome = Run({"version", "--client"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.starts_with("kubectl ray plugin version: v"));
  CHECK(outcome.err.empty());
}

TEST_CASE("an unknown command is a usage error on stderr") {
  const Outcome outcome = Run({"no-such-command"});
  CHECK(outcome.code == kubectl_ray::kExitUsage);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("no-such-command") != std::string::npos);
}

TEST_CASE("help goes to stdout and is a success") {
  const Outcome outcome = Run({"--help"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("version") != std::string::npos);
}

TEST_CASE("a command that runs no program refuses what stands behind --") {
  const Outcome outcome = Run({"version", "--", "python", "x.py"});
  CHECK(outcome.code == kubectl_ray::kExitUsage);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("--") != std::string::npos);
}
