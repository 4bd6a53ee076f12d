#include "kubectl-ray/checks/report.h"

#include <minizip/zip.h>
#include <zlib.h>

#include <filesystem>

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

constexpr const char* kRedacted = "redacted";
constexpr uLong kDosTime1980 = (1u << 21) | (1u << 16);

Json OrWhyNot(const Fact<Json>& fact) {
  return fact ? Redacted(*fact) : Json{{"notRead", fact.error().message}};
}

Json OrWhyNot(const Fact<Objects>& fact) {
  if (!fact) return {{"notRead", fact.error().message}};
  Json items = Json::array();
  for (const Json& object : *fact) items.push_back(Redacted(object));
  return items;
}

Json Rights(const Facts& facts) {
  Json rights = Json::array();
  for (const AskedRight& right : facts.rights)
    rights.push_back(
        {{"verb", right.verb},
         {"group", right.group},
         {"resource", right.resource},
         {"allowed", right.allowed ? Json(*right.allowed) : Json(right.allowed.error().message)}});
  return rights;
}

Json Admitted(const Facts& facts) {
  Json groups = Json::object();
  for (const auto& [group, pod] : facts.admitted) groups[group] = OrWhyNot(pod);
  return groups;
}

Json Connections(const Facts& facts) {
  Json list = Json::array();
  if (facts.connections && *facts.connections)
    for (const Connection& one : **facts.connections)
      list.push_back({{"from", one.from},
                      {"to", one.to},
                      {"host", one.host},
                      {"port", one.port},
                      {"failure", one.failure}});
  return list;
}

Json Lookups(const Facts& facts) {
  Json list = Json::array();
  if (facts.lookups && *facts.lookups)
    for (const NameLookup& one : **facts.lookups)
      list.push_back(
          {{"from", one.from}, {"name", one.name}, {"addresses", one.addresses}, {"failure", one.failure}});
  return list;
}

Json SilentStreamOf(const Facts& facts) {
  if (!facts.silent_stream) return nullptr;
  if (!*facts.silent_stream) return {{"notRead", facts.silent_stream->error().message}};
  const SilentStream& stream = **facts.silent_stream;
  return {{"wantedSeconds", stream.wanted.count()},
          {"lastedSeconds", stream.lasted.count()},
          {"cut", stream.cut}};
}

Json ForbiddenWayOf(const Facts& facts) {
  if (!facts.forbidden_way) return nullptr;
  if (!*facts.forbidden_way) return {{"notRead", facts.forbidden_way->error().message}};
  const ForbiddenWay& way = **facts.forbidden_way;
  return {{"policy", way.policy}, {"host", way.host}, {"port", way.port}, {"connected", way.connected}};
}

Json Events(const Facts& facts) {
  Json events = Json::object();
  if (facts.status && *facts.status)
    for (const auto& [pod, list] : (*facts.status)->events)
      for (const Json& event : list) events[pod].push_back(Redacted(event));
  return events;
}

// Members of which every value may hold a token.
bool IsSecretList(const std::string& key) { return key == "command" || key == "args"; }

void Redact(Json* value, int depth) {
  constexpr int kMaxDepth = 100;  // ParseJson's bound is above it; what lies deeper is left out
  if (depth > kMaxDepth) *value = kRedacted;
  if (value->is_array())
    for (Json& item : *value) Redact(&item, depth + 1);
  if (!value->is_object()) return;
  for (auto& [key, member] : value->items()) {
    if (key == "annotations" && member.is_object())
      for (auto& [name, text] : member.items()) text = kRedacted;
    else if (IsSecretList(key) && member.is_array())
      member = Json::array({kRedacted});
    else if (key == "env" && member.is_array())
      for (Json& variable : member)
        if (variable.is_object() && variable.contains("value")) variable["value"] = kRedacted;
    if (key == "managedFields") member = nullptr;
    Redact(&member, depth + 1);
  }
}

bool WriteEntry(zipFile zip, const ReportFile& file) {
  const auto& [name, text] = file;
  zip_fileinfo info = {};
  info.dosDate = kDosTime1980;
  if (zipOpenNewFileInZip64(zip, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED,
                            Z_DEFAULT_COMPRESSION, 0) != ZIP_OK)
    return false;
  const bool written = zipWriteInFileInZip(zip, text.data(), static_cast<unsigned>(text.size())) == ZIP_OK;
  return zipCloseFileInZip(zip) == ZIP_OK && written;
}

}  // namespace

Json Redacted(Json value) {
  Redact(&value, 0);
  return value;
}

std::vector<ReportFile> ReportFiles(const Facts& facts, const std::vector<CheckResult>& results) {
  Json findings = Json::array();
  for (Json& finding : FindingsToJson(results)) findings.push_back(std::move(finding));
  const std::pair<const char*, Json> parts[] = {
      {"findings", std::move(findings)},
      {"rights", Rights(facts)},
      {"server-version", OrWhyNot(facts.server_version)},
      {"namespace", OrWhyNot(facts.ns_object)},
      {"operator", facts.installation ? OperatorStatusToJson(DiagnoseOperator(*facts.installation))
                                      : Json(facts.installation.error().message)},
      {"resource-quotas", OrWhyNot(facts.quotas)},
      {"limit-ranges", OrWhyNot(facts.limit_ranges)},
      {"network-policies", OrWhyNot(facts.policies)},
      {"nodes", OrWhyNot(facts.nodes)},
      {"cluster", Redacted(facts.ray_cluster)},
      {"pods", OrWhyNot(facts.cluster_pods)},
      {"admitted-pods", Admitted(facts)},
      {"connections", Connections(facts)},
      {"lookups", Lookups(facts)},
      {"silent-stream", SilentStreamOf(facts)},
      {"forbidden-way", ForbiddenWayOf(facts)},
      {"events", Events(facts)},
  };
  std::vector<ReportFile> files = {{"findings.txt", RenderChecks(results, false, true)}};
  for (const auto& [name, value] : parts)
    files.emplace_back(std::string(name) + ".json", shared::DumpJson(value, 2) + "\n");
  return files;
}

shared::Status WriteReport(const std::string& path, const std::vector<ReportFile>& files) {
  std::error_code error;
  if (std::filesystem::exists(path, error))
    return Fail(ErrorCode::kUsage, "cannot write \"" + path + "\": it exists already",
                "Give --report another name.");
  const zipFile zip = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
  if (zip == nullptr)
    return Fail(ErrorCode::kUsage, "cannot write \"" + path + "\"", "Is its directory there, and writable?");
  bool written = true;
  for (const ReportFile& file : files) written = written && WriteEntry(zip, file);
  if (zipClose(zip, nullptr) == ZIP_OK && written) return shared::Ok();
  std::filesystem::remove(path, error);
  return Fail(ErrorCode::kUsage, "cannot write \"" + path + "\": the disk may be full");
}

}  // namespace kubectl_ray
