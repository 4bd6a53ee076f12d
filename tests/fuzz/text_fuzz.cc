// Text on its way to a terminal, and JSON.
#include <cstdlib>

#include "shared/json.h"
#include "shared/text.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string shown = shared::EscapeControl(text);
  for (const char c : shown)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f) std::abort();
  if (!shared::IsUtf8(shown) || shared::EscapeControl(shown) != shown) std::abort();
  const auto json = shared::ParseJson(text);
  if (!json) return 0;
  const auto again = shared::ParseJson(shared::DumpJson(*json));
  if (!again || *again != *json) std::abort();
  return 0;
}
