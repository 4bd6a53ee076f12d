#include "kubectl-ray/kube/exec_stream.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::ExecPath;
using kubectl_ray::ReadExecStatus;
using shared::ErrorCode;

TEST_CASE("a command's words travel one by one, whatever is in them") {
  CHECK(ExecPath({"ns", "pod", "c", {"ls"}}) ==
        "/api/v1/namespaces/ns/pods/pod/exec?stdout=true&stderr=true&container=c&command=ls");
  CHECK(ExecPath({"ns", "pod", "", {"sh", "-c", "a & b=\xff", ""}, true, true}) ==
        "/api/v1/namespaces/ns/pods/pod/exec?stdout=true&stdin=true&tty=true&command=sh&command=-c"
        "&command=a%20%26%20b%3D%FF&command=");
}

TEST_CASE("the exit code is in the status") {
  CHECK(*ReadExecStatus(R"({"status":"Success"})") == 0);
  CHECK(*ReadExecStatus(R"({"status":"Failure","reason":"NonZeroExitCode",
                            "details":{"causes":[{"reason":"ExitCode","message":"137"}]}})") == 137);
}

TEST_CASE("a status without an exit code is an error that says why") {
  const auto failed = ReadExecStatus(R"({"status":"Failure","message":"no such file"})");
  REQUIRE(!failed.has_value());
  CHECK(failed.error().message == "cannot run the command: no such file");
  for (const char* text :
       {"", "{", "[]", "null", R"({"status":5})", R"({"status":"Failure","details":{"causes":7}})",
        R"({"status":"Failure","details":{"causes":[{"reason":"ExitCode","message":"3x"}]}})",
        R"({"status":"Failure","details":{"causes":[{"reason":"ExitCode","message":"99999999999"}]}})"}) {
    INFO(text);
    const auto status = ReadExecStatus(text);
    REQUIRE(!status.has_value());
    CHECK(status.error().code == ErrorCode::kInternal);
  }
}
