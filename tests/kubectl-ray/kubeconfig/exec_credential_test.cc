#include "kubectl-ray/kubeconfig/exec_credential.h"

#include <poll.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <thread>

using namespace kubectl_ray;
using shared::ErrorCode;

namespace {

constexpr const char* kV1 = "client.authentication.k8s.io/v1";

ExecPlugin Shell(const std::string& script) {
  ExecPlugin plugin;
  plugin.api_version = kV1;
  plugin.command = "sh";
  plugin.arguments = {"-c", script};
  plugin.interactive_mode = InteractiveMode::kNever;
  return plugin;
}

std::string Credential(const std::string& status) {
  return R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":)" + status +
         "}";
}

}  // namespace

TEST_CASE("a plugin's answer") {
  const auto credential = ParseExecCredential(
      Credential(R"({"token":"t","expirationTimestamp":"2026-11-21T05:00:00+02:00"})"), kV1);
  REQUIRE(credential.has_value());
  CHECK(credential->token == "t");
  REQUIRE(credential->expires.has_value());
  CHECK(std::chrono::system_clock::to_time_t(*credential->expires) == 1795230000);
}

TEST_CASE("an expiry beyond the clock's end is far away, not past") {
  const auto credential =
      ParseExecCredential(Credential(R"({"token":"t","expirationTimestamp":"9999-12-31T23:59:59Z"})"), kV1);
  REQUIRE(credential);
  CHECK(*credential->expires > std::chrono::system_clock::now());
}

TEST_CASE("answers that are none") {
  for (const std::string& text :
       {std::string(), std::string("rubbish"), std::string("{}"), std::string("\xff"), Credential("{}"),
        Credential("null"), Credential(R"({"token":5})"), Credential(R"({"token":"a\nb"})"),
        Credential(R"({"clientCertificateData":"c"})"),
        Credential(R"({"token":"t","expirationTimestamp":"tomorrow"})"),
        std::string(R"({"kind":"ExecCredential","apiVersion":"v9","status":{"token":"t"}})")}) {
    INFO(text);
    const auto credential = ParseExecCredential(text, kV1);
    REQUIRE(!credential.has_value());
    CHECK(credential.error().code == ErrorCode::kAuth);
  }
}

TEST_CASE("a plugin is run without a shell, with KUBERNETES_EXEC_INFO") {
  ExecPlugin plugin =
      Shell("case \"$KUBERNETES_EXEC_INFO\" in *'\"interactive\":false'*) printf '%s' \"$ANSWER\";; esac");
  plugin.environment = {{"ANSWER", Credential("{\"token\":\"$(id)\"}")}};
  const auto credential = RunExecPlugin(plugin, nullptr);
  REQUIRE(credential.has_value());
  CHECK(credential->token == "$(id)");
}

TEST_CASE("a plugin that fails, prints without end or is missing") {
  CHECK(RunExecPlugin(Shell("exit 3"), nullptr).error().message.ends_with("it ended with code 3"));
  CHECK(RunExecPlugin(Shell("echo no"), nullptr)
            .error()
            .message.ends_with("it did not print an ExecCredential"));
  CHECK(RunExecPlugin(Shell("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done"), nullptr)
            .error()
            .message.ends_with("it printed more than 1 MiB"));
  ExecPlugin missing = Shell("");
  missing.command = "no-such-plugin";
  missing.install_hint = "install it";
  const auto error = RunExecPlugin(missing, nullptr).error();
  CHECK(error.message == "cannot get credentials from \"no-such-plugin\": no such file or directory");
  CHECK(error.hint == "install it");
}

// kubelogin and its like open a browser and wait there, which a person at this terminal may not see.
TEST_CASE("a plugin that is waited for is named once, without its arguments") {
  int released[2];
  REQUIRE(pipe(released) == 0);
  std::vector<std::string> notes;
  ExecPlugin plugin = Shell("read _ </dev/fd/" + std::to_string(released[0]) + "; printf '%s' \"$ANSWER\"");
  plugin.environment = {{"ANSWER", Credential(R"({"token":"t"})")}};
  const auto release = [&](const std::string& text) {
    notes.push_back(text);
    CHECK(write(released[1], "\n", 1) == 1);
  };
  CHECK(RunExecPlugin(plugin, nullptr, release, std::chrono::milliseconds(1)).has_value());
  CHECK(notes ==
        std::vector<std::string>{"waiting for the kubeconfig's credential plugin \"sh\" to sign in"});
  for (int fd : released) close(fd);
  plugin.arguments[1] = "printf '%s' \"$ANSWER\"";
  CHECK(RunExecPlugin(plugin, nullptr, release, std::chrono::hours(1)).has_value());
  CHECK(notes.size() == 1);
}

// What the shell had started outlived it once, and held the terminal of `kubectl_ray_test | tail`
// (2026-11-21).
TEST_CASE("a plugin that hangs ends with the interrupt, and what it started with it") {
  int held[2];
  REQUIRE(pipe(held) == 0);
  shared::Interrupt interrupt;
  std::thread user([&] {
    char byte = 0;
    if (read(held[0], &byte, 1) == 1) interrupt.Raise(2);
  });
  const auto credential =
      RunExecPlugin(Shell("sleep 1000 & echo >/dev/fd/" + std::to_string(held[1]) + "; wait"), &interrupt);
  close(held[1]);
  user.join();
  REQUIRE(!credential.has_value());
  CHECK(credential.error().code == ErrorCode::kInterrupted);
  pollfd end = {held[0], POLLIN, 0};
  REQUIRE(poll(&end, 1, 10'000) == 1);  // becomes readable when nobody else has the other end open
  close(held[0]);
}
