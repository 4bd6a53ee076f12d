#include "kubectl-ray/kinds/named_item.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

TEST_CASE("an item is found by its name") {
  const Json list =
      *shared::ParseJson(R"([5, {}, {"name": "a", "x": 1}, {"name": "b"}, {"name": "a", "x": 2}])");
  CHECK(NamedItem(list, "a")["x"] == 1);
  CHECK(NamedItem(list, "c").is_null());
  CHECK(NamedItem(list, "").is_null());  // and not the one without a name
  CHECK(NamedItem(Json(), "a").is_null());
  CHECK(NamedItem({{"a", {{"name", "a"}}}}, "a").is_null());
}

TEST_CASE("a variable has the value that its container gives it") {
  const Json container = *shared::ParseJson(
      R"({"env": [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {"fieldRef": {}}}, {"name": "C", "value": 5}]})");
  CHECK(VariableOf(container, "A") == "1");
  for (const char* name : {"B", "C", "D"}) CHECK(VariableOf(container, name).empty());
  CHECK(VariableOf(Json(), "A").empty());
  CHECK(VariableOf({{"env", "A"}}, "A").empty());
}
