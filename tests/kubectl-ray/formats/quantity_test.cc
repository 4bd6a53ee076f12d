#include "kubectl-ray/formats/quantity.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

using kubectl_ray::Quantity;

TEST_CASE("quantities are printed in Kubernetes' canonical form") {
  struct Row {
    const char* text;
    const char* shown;
    std::int64_t value;
  };
  const Row rows[] = {
      {"0", "0", 0},
      {"0Gi", "0", 0},
      {"1", "1", 1},
      {"500m", "500m", 1},
      {"1500m", "1500m", 2},
      {"1000m", "1", 1},
      {"4Gi", "4Gi", 4294967296},
      {"1024Mi", "1Gi", 1073741824},
      {"1536Mi", "1536Mi", 1610612736},
      {"1.5Gi", "1536Mi", 1610612736},
      {"10G", "10G", 10000000000},
      {"10000M", "10G", 10000000000},
      {"1e3", "1e3", 1000},
      {"0E02111732440", "0", 0},  // the fuzzer's: two thousand million times zero
      {"1e-2147483648", "1e-9", 1},
      {"1E3", "1e3", 1000},
      {"1e+3", "1e3", 1000},
      {"0.5", "500m", 1},
      {".5", "500m", 1},
      {"5.", "5", 5},
      {"+2", "2", 2},
      {"-0", "0", 0},
      {"100n", "100n", 1},
      {"0.0000000001", "1n", 1},
      {"1E", "1E", 1000000000000000000},
      {"9223372036854775807", "9223372036854775807", 9223372036854775807},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    auto quantity = Quantity::Parse("cpu", row.text);
    REQUIRE(quantity);
    CHECK(quantity->ToString() == row.shown);
    CHECK(quantity->value() == row.value);
  }
}

TEST_CASE("what is no quantity is refused by name") {
  const std::string huge(100000, '9');
  for (const std::string& text :
       {std::string(), std::string("x"), std::string("1x"), std::string("1 Gi"), std::string("--2"),
        std::string("."), std::string("1e"), std::string("1e3x"), std::string("1Kib"), std::string("\xff"),
        std::string("1.2.3"), std::string("10Ei"), std::string("9223372036854775808"),
        std::string("1e99999999999"), std::string("1e400"), huge}) {
    INFO(text.substr(0, 40));
    auto quantity = Quantity::Parse("head cpu", text);
    REQUIRE(!quantity);
    CHECK(quantity.error().code == shared::ErrorCode::kUsage);
    CHECK(quantity.error().message.starts_with("head cpu"));
    CHECK(quantity.error().message.size() < 300);
  }
}

TEST_CASE("a negative quantity is refused as such") {
  CHECK(Quantity::Parse("worker memory", "-1Gi").error().message ==
        "worker memory \"-1Gi\" cannot be negative");
}

TEST_CASE("sums and multiples keep the format and end at the largest value") {
  auto q = [](const char* text) { return Quantity::Parse("x", text).value_or(Quantity()); };
  CHECK((q("4Gi") + q("1500Mi")).ToString() == "5596Mi");
  CHECK((q("200m") + q("1800m")).ToString() == "2");
  CHECK((Quantity() + q("4Gi")).ToString() == "4Gi");
  CHECK((q("4Gi") * 3).ToString() == "12Gi");
  CHECK((q("4Gi") * 0).is_zero());
  CHECK((q("4Gi") * -1).is_zero());
  CHECK((q("8E") * 1000).value() == 9223372036854775807);
  CHECK((q("8E") + q("8E")).value() == 9223372036854775807);
}
