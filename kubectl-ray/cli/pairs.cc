#include "kubectl-ray/cli/pairs.h"

#include <algorithm>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

// One record of CSV (RFC 4180) without line breaks.
shared::Result<std::vector<std::string>> SplitRecord(std::string_view flag, std::string_view text) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      fields.back() += text[++i];
    } else if (c == '"' && (quoted || fields.back().empty())) {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (quoted) return Fail(ErrorCode::kUsage, "cannot read " + std::string(flag) + ": a quote is not closed");
  return fields;
}

}  // namespace

shared::Result<std::map<std::string, std::string>> ParsePairs(std::string_view flag,
                                                              const std::vector<std::string>& values) {
  std::map<std::string, std::string> pairs;
  for (const std::string& value : values) {
    if (!shared::IsUtf8(value))
      return Fail(ErrorCode::kUsage, "cannot read " + std::string(flag) + ": its value is not UTF-8");
    std::vector<std::string> fields = {value};
    if (std::count(value.begin(), value.end(), '=') != 1) {
      ASSIGN_OR_RETURN(fields, SplitRecord(flag, value));
    }
    for (const std::string& field : fields) {
      const std::size_t equals = field.find('=');
      if (equals == field.npos || equals == 0)
        return Fail(ErrorCode::kUsage,
                    "cannot read " + std::string(flag) + ": \"" +
                        shared::EscapeControl(field.substr(0, 200)) + "\" is not KEY=VALUE",
                    "Separate pairs with commas: KEY=VALUE,KEY=VALUE.");
      pairs[field.substr(0, equals)] = field.substr(equals + 1);
    }
  }
  return pairs;
}

}  // namespace kubectl_ray
