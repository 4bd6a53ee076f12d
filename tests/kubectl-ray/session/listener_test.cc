#include "kubectl-ray/session/listener.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::Listener;

TEST_CASE("a port that is taken is a conflict, and any other one is not") {
  const auto first = Listener::Open(0);
  REQUIRE(first.has_value());
  CHECK(first->port() > 0);
  const auto second = Listener::Open(first->port());
  REQUIRE(!second.has_value());
  CHECK(second.error().code == shared::ErrorCode::kConflict);
  CHECK(second.error().message.find(std::to_string(first->port())) != std::string::npos);
}
