#include "ray-init-agent/resolver.h"

#include <catch2/catch_test_macros.hpp>

using namespace ray_init_agent;

namespace {

using Names = std::vector<std::string>;

// As kubelet writes it for a pod of the namespace "dev".
const Names kPodSearch = {"dev.svc.cluster.local", "svc.cluster.local", "cluster.local"};

}  // namespace

TEST_CASE("a whole name is asked for alone, and others in the order of resolv.conf") {
  const struct {
    const char* host;
    Names search;
    int ndots;
    Names expected;
  } rows[] = {
      {"h.dev.svc.cluster.local", kPodSearch, 5, {"h.dev.svc.cluster.local"}},
      {"H.DEV.SVC.Cluster.Local", kPodSearch, 5, {"H.DEV.SVC.Cluster.Local"}},
      {"head.example.", kPodSearch, 5, {"head.example."}},
      {"h", {}, 1, {"h"}},
      {"h", {"."}, 1, {"h"}},
      {"h", kPodSearch, 5, {"h.dev.svc.cluster.local", "h.svc.cluster.local", "h.cluster.local", "h"}},
      // "h.dev" is a name of the Internet too.
      {"h.dev",
       kPodSearch,
       5,
       {"h.dev.dev.svc.cluster.local", "h.dev.svc.cluster.local", "h.dev.cluster.local", "h.dev"}},
      {"h.dev", {"corp.example"}, 1, {"h.dev", "h.dev.corp.example"}},
      {"h", {"corp.example"}, 0, {"h", "h.corp.example"}},
      // The domain itself is not below itself, nor is a name that only ends alike.
      {"cluster.local", {"cluster.local"}, 5, {"cluster.local.cluster.local", "cluster.local"}},
      {"mycluster.local", {"cluster.local"}, 5, {"mycluster.local.cluster.local", "mycluster.local"}},
  };
  for (const auto& row : rows) CHECK(NamesToAsk(row.host, {row.search, row.ndots}) == row.expected);
}

TEST_CASE("search domains and ndots are read as resolv.conf(5) has them") {
  const struct {
    const char* text;
    Names domains;
    int ndots;
  } rows[] = {
      {"", {}, 1},
      // As kubelet writes it.
      {"search dev.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions "
       "ndots:5\n",
       kPodSearch, 5},
      {"domain one\nsearch two\tthree \n", {"two", "three"}, 1},
      {"search two\ndomain one", {"one"}, 1},
      {"search two\nsearch\n", {}, 1},
      {"  options timeout:1 ndots:3 edns0\r\n", {}, 3},
      {"options ndots:\noptions ndots:x", {}, 1},
      {"# search one\n; search two\nsearching three\n", {}, 1},
      {"options ndots:2\noptions attempts:1", {}, 2},
  };
  for (const auto& row : rows) {
    const SearchRules rules = ParseSearchRules(row.text);
    CHECK(rules.domains == row.domains);
    CHECK(rules.ndots == row.ndots);
  }
}

TEST_CASE("an address is its own answer") {
  for (const char* text : {"10.0.0.1", "::1", "fe80::1%lo"}) {
    Resolver resolver(text);
    const auto addresses = resolver.Resolve(shared::Deadline::After(std::chrono::milliseconds(0)), nullptr);
    REQUIRE(addresses);
    REQUIRE(addresses->size() == 1);
    CHECK(addresses->front().storage.ss_family == (std::string(text) == "10.0.0.1" ? AF_INET : AF_INET6));
  }
}
