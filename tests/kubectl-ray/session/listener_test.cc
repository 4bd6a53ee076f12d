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

TEST_CASE("several addresses have one port, and each is listened at") {
  const auto listener = Listener::Open(0, {"127.0.0.2", "127.0.0.3"});
  REQUIRE(listener.has_value());
  CHECK(listener->fds().size() == 2);
  for (const char* address : {"127.0.0.2", "127.0.0.3"}) {
    const auto taken = Listener::Open(listener->port(), {address});
    REQUIRE(!taken.has_value());
    CHECK(taken.error().message.starts_with("cannot listen on " + std::string(address) + ", port "));
  }
  CHECK(Listener::Open(listener->port(), {"127.0.0.4"}).has_value());
}

TEST_CASE("an address that the machine does not have is named") {
  for (const char* address : {"203.0.113.1", "none"}) {
    const auto listener = Listener::Open(0, {"127.0.0.1", address});
    REQUIRE(!listener.has_value());
    CHECK(listener.error().code == shared::ErrorCode::kUsage);
    CHECK(listener.error().message.find(std::string(address) + ", port ") != std::string::npos);
  }
}

TEST_CASE("a port of the system's choice that the second address does not have is chosen again") {
  std::vector<Listener> others;  // two of a hundred that the system chooses from
  for (int i = 0; i < 500; ++i) {
    auto other = Listener::Open(0, {"127.0.0.6"});
    REQUIRE(other.has_value());
    others.push_back(*std::move(other));
  }
  for (int i = 0; i < 300; ++i) CHECK(Listener::Open(0, {"127.0.0.5", "127.0.0.6"}).has_value());
}
