#include "kubectl-ray/kubeconfig/credentials.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "tests/support/tree.h"

using namespace kubectl_ray;
using shared::ErrorCode;

namespace {

// A plugin that records each call in the folder's "calls" and returns the number of the call as its token.
CredentialSource Plugin(const Tree& tree, const std::string& status) {
  CredentialSource source;
  source.exec.emplace();
  source.exec->api_version = "client.authentication.k8s.io/v1";
  source.exec->command = "sh";
  source.exec->arguments = {"-c", "echo call >> '" + tree.path() +
                                      "/calls'; printf '{\"apiVersion\":\"client.authentication.k8s.io/v1\","
                                      "\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%s\"" +
                                      status + "}}' $(grep -c call '" + tree.path() + "/calls')"};
  source.exec->interactive_mode = InteractiveMode::kNever;
  return source;
}

std::string Authorization(Credentials& credentials, const std::string& rejected = "") {
  const SignIn refused{rejected, "", ""};
  const auto sign_in = credentials.Next(rejected.empty() ? nullptr : &refused);
  return sign_in ? sign_in->authorization : "error: " + sign_in.error().message;
}

}  // namespace

TEST_CASE("a plugin is asked once, until its answer is rejected") {
  const Tree tree;
  Credentials credentials(Plugin(tree, R"(,"expirationTimestamp":"2999-01-01T00:00:00Z")"), nullptr);
  CHECK(Authorization(credentials) == "Bearer 1");
  CHECK(Authorization(credentials) == "Bearer 1");
  CHECK(Authorization(credentials, "Bearer 1") == "Bearer 2");
  CHECK(Authorization(credentials) == "Bearer 2");
}

TEST_CASE("a plugin is asked anew once its answer has expired") {
  const Tree tree;
  Credentials credentials(Plugin(tree, R"(,"expirationTimestamp":"2020-01-01T00:00:00Z")"), nullptr);
  CHECK(Authorization(credentials) == "Bearer 1");
  CHECK(Authorization(credentials) == "Bearer 2");
}

TEST_CASE("an answer without an expiry is good until it is rejected") {
  const Tree tree;
  Credentials credentials(Plugin(tree, ""), nullptr);
  CHECK(Authorization(credentials) == "Bearer 1");
  CHECK(Authorization(credentials) == "Bearer 1");
}

TEST_CASE("threads that sign in at once share one plugin's answer") {
  const Tree tree;
  Credentials credentials(Plugin(tree, ""), nullptr);
  std::atomic<int> same{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { same += Authorization(credentials) == "Bearer 1" ? 1 : 0; });
  for (std::thread& thread : threads) thread.join();
  CHECK(same == 8);
}

// client-go's exec authenticator compares certificate and token before it refreshes (maybeRefreshCreds,
// plugin/pkg/client/auth/exec): sixteen connections that meet one 401 make one browser window.
TEST_CASE("threads whose answer was rejected share one new answer of the plugin") {
  const Tree tree;
  Credentials credentials(Plugin(tree, ""), nullptr);
  CHECK(Authorization(credentials) == "Bearer 1");
  std::atomic<int> same{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { same += Authorization(credentials, "Bearer 1") == "Bearer 2" ? 1 : 0; });
  for (std::thread& thread : threads) thread.join();
  CHECK(same == 8);
}

TEST_CASE("a token file is read again once its token was rejected, and not for an older one") {
  const Tree tree;
  tree.Write("token", "one");
  CredentialSource source;
  source.token_file = tree.path() + "/token";
  Credentials credentials(std::move(source), nullptr);
  CHECK(Authorization(credentials) == "Bearer one");
  tree.Write("token", "two");
  CHECK(Authorization(credentials, "Bearer another") == "Bearer one");
  CHECK(Authorization(credentials, "Bearer one") == "Bearer two");
}

TEST_CASE("a plugin that fails is told, and asked again the next time") {
  const Tree tree;
  CredentialSource source = Plugin(tree, "");
  source.exec->arguments[1] = "[ -e '" + tree.path() + "/mended' ] || exit 3; " + source.exec->arguments[1];
  Credentials credentials(std::move(source), nullptr);
  const auto failed = credentials.Next();
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().code == ErrorCode::kAuth);
  tree.Write("mended", "");
  CHECK(Authorization(credentials) == "Bearer 1");
}

TEST_CASE("a token file wins over a token, and a password is basic authentication") {
  const Tree tree;
  tree.Write("token", "from the file\n");
  CredentialSource both;
  both.token = "fixed";
  both.token_file = tree.path() + "/token";
  Credentials file(both, nullptr);
  CHECK(Authorization(file) == "Bearer from the file");
  CredentialSource basic;
  basic.basic = "user:password";
  Credentials password(basic, nullptr);
  CHECK(Authorization(password) == "Basic dXNlcjpwYXNzd29yZA==");
  Credentials nobody({}, nullptr);
  CHECK(Authorization(nobody).empty());
}
