// -o jsonpath=..., custom-columns, and quantities: what users type.
#include <string_view>

#include "kubectl-ray/formats/json_path.h"
#include "kubectl-ray/formats/quantity.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const shared::Json value =
      *shared::ParseJson(R"({"items":[{"a":{"b":[1,2,3]},"n":"x"},{"a":null}],"k":true})");
  if (const auto path = kubectl_ray::JsonPath::Parse(text)) (void)path->Print(value);
  if (const auto path = kubectl_ray::JsonPath::ParseExpression(text)) (void)path->Find(value);
  if (const auto quantity = kubectl_ray::Quantity::Parse("x", text))
    (void)(*quantity + *quantity * 7).ToString();
  return 0;
}
