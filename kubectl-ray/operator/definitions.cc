#include "kubectl-ray/operator/definitions.h"

#include <zlib.h>

#include "shared/split.h"

extern "C" {
extern const char kuberay_definitions[], kuberay_definitions_end[];
}

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;

// Far more than the text has; what is unpacked is a part of this program.
constexpr std::size_t kMaxBytes = 1u << 20;

Result<std::string> Unpack(std::string_view gzip) {
  std::string text(kMaxBytes, '\0');
  z_stream stream = {};
  if (inflateInit2(&stream, MAX_WBITS + 16) != Z_OK)
    return Fail(ErrorCode::kInternal, "cannot unpack KubeRay's definitions: there is no memory");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
  stream.avail_in = static_cast<uInt>(gzip.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const int ended = inflate(&stream, Z_FINISH);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  if (ended != Z_STREAM_END)
    return Fail(ErrorCode::kInternal, "cannot unpack KubeRay's definitions: this program is damaged");
  return text;
}

// Puts `lines` in place of the references in `value`. Returns whether all of them are there.
bool Replace(Json* value, const std::vector<Json>& lines) {
  if (!value->is_structured()) return true;
  if (const auto reference = value->is_object() ? value->find("$") : value->end();
      reference != value->end()) {
    if (!reference->is_number_unsigned() || reference->get<std::size_t>() >= lines.size()) return false;
    *value = Json(lines[reference->get<std::size_t>()]);
    return true;
  }
  for (Json& part : *value)
    if (!Replace(&part, lines)) return false;
  return true;
}

}  // namespace

Result<Json> Unshare(std::string_view text) {
  std::vector<Json> lines;
  for (std::string_view line : shared::Split(text, '\n')) {
    if (line.empty()) continue;
    ASSIGN_OR_RETURN(Json value, shared::ParseJson(line));
    if (!Replace(&value, lines))
      return Fail(ErrorCode::kInternal, "cannot read shared JSON: line " + std::to_string(lines.size()) +
                                            " refers to a line that does not stand before it");
    lines.push_back(std::move(value));
  }
  if (lines.empty()) return Fail(ErrorCode::kInternal, "cannot read shared JSON: it is empty");
  return std::move(lines.back());
}

Result<std::vector<Json>> DefinitionsOf(const OperatorRelease& release) {
  ASSIGN_OR_RETURN(const std::string text, Unpack({kuberay_definitions, kuberay_definitions_end}));
  ASSIGN_OR_RETURN(Json releases, Unshare(text));
  auto found = releases.find(release.version);
  if (found == releases.end() || !found->is_array())
    return Fail(ErrorCode::kInternal, "there are no definitions of KubeRay " + release.version);
  return std::vector<Json>(std::move_iterator(found->begin()), std::move_iterator(found->end()));
}

}  // namespace kubectl_ray
