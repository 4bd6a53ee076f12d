// The long lists of API servers and dashboards, read in pieces: what is found does not depend on the cuts.
#include "shared/json_items.h"

namespace {

std::string ReadPieces(std::string_view text, const shared::JsonItems::Options& options, std::size_t step) {
  std::string found;
  shared::JsonItems items(options, [&](const shared::Json& item) {
    found += shared::DumpJson(item) + "\n";
    return true;
  });
  for (std::size_t at = 0; at < text.size() && items.Feed(text.substr(at, step)); at += step) {
  }
  const auto rest = items.Finish();
  return found + (rest ? shared::DumpJson(*rest) : "error");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  // The first byte says how long the pieces are.
  const std::size_t step = 1 + data[0] % 32;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const char* path : {"items", "data.summary"})
    for (const auto& fields : {shared::JsonFields(), shared::JsonFields::Only({"metadata.name", "a.b"})}) {
      const shared::JsonItems::Options options{.path = path, .fields = fields, .max_bytes = 1u << 16};
      if (ReadPieces(text, options, step) != ReadPieces(text, options, size)) __builtin_trap();
    }
  return 0;
}
