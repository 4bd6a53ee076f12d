#include "kubectl-ray/commands/rights.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

namespace {

using Words = std::vector<std::string>;

Words Named(const Words& words) {
  const auto commands = CommandsNamed(words);
  return commands ? *commands : Words{"refused: " + commands.error().message + " | " + commands.error().hint};
}

}  // namespace

TEST_CASE("words name commands, the longest path first, and each once in the table's order") {
  CHECK(Named({"job", "submit"}) == Words{"job submit"});
  CHECK(Named({"job submit", "status"}) == Words{"status", "job submit"});
  CHECK(Named({"logs", "job", "logs", "job", "logs"}) == Words{"job logs", "logs"});
  CHECK(Named({"create"}) == Words{"create cluster", "create service", "create workergroup",
                                   "create networkpolicy", "create job", "create cronjob"});
  CHECK(Named({"create", "scale", "cluster"}) == Words{"create cluster", "create service",
                                                       "create workergroup", "create networkpolicy",
                                                       "create job", "create cronjob", "scale cluster"});
  CHECK(Named({"session"}) == Words{"session"});
  CHECK(Named({"session", "list"}) == Words{"session list"});
  CHECK(Named({"log"}) == Words{"log"});  // hidden, but meant
  CHECK(Named({"  "}).empty());
  const Words all = Named({});
  CHECK(all.size() > 25);
  for (const std::string& command : all) CHECK(command != "log");
  CHECK(
      Named({"operator", "install"})[0].starts_with("refused: cannot print a Role for \"operator install\""));
  CHECK(Named({"operator", "images"}) == Words{"operator images"});
  CHECK(Named({"job", "sumbit"})[0].starts_with("refused: there is no command \"sumbit\""));
  CHECK(Named({"stats"})[0] == "refused: there is no command \"stats\" | Did you mean \"status\"?");
  CHECK(Named({"\x1b["})[0].find('\x1b') == std::string::npos);
}
