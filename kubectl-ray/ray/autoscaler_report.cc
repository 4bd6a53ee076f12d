#include "kubectl-ray/ray/autoscaler_report.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>

#include "shared/shortest_number.h"
#include "shared/split.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

constexpr std::size_t kMaxLine = 200, kMaxLines = 1000;
constexpr const char* kInGroup = "_group_";
// As format_memory of Ray's autoscaler has them.
constexpr std::pair<std::string_view, double> kMemoryUnits[] = {
    {"TiB", 1099511627776.0}, {"GiB", 1073741824.0}, {"MiB", 1048576.0}, {"KiB", 1024.0}, {"B", 1.0}};

// The place in a line that is read from its beginning.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool Take(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  template <typename Number>
  std::optional<Number> TakeNumber() {
    Number number{};
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), number);
    if (error != std::errc()) return std::nullopt;
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return number;
  }

  // A text as Python's repr() writes it.
  std::optional<std::string> TakeQuoted() {
    const char quote = text_.empty() ? ' ' : text_.front();
    if (quote != '\'' && quote != '"') return std::nullopt;
    const std::size_t end = text_.find(quote, 1);
    if (end == text_.npos) return std::nullopt;
    std::string value(text_.substr(1, end - 1));
    text_.remove_prefix(end + 1);
    return value;
  }

  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

// {'CPU': 1.0, 'GPU': 0.5}
std::optional<ResourceShape> TakeShape(Reader* reader) {
  ResourceShape shape;
  if (!reader->Take("{")) return std::nullopt;
  while (!reader->Take("}")) {
    if (!shape.empty() && !reader->Take(", ")) return std::nullopt;
    std::optional<std::string> name = reader->TakeQuoted();
    if (!name || !reader->Take(": ")) return std::nullopt;
    const std::optional<double> amount = reader->TakeNumber<double>();
    if (!amount || !std::isfinite(*amount)) return std::nullopt;
    shape[*std::move(name)] = *amount;
  }
  return shape;
}

// {'CPU': 1.0} * 2, {'GPU': 1.0} * 1 (PACK)
bool TakeBundles(Reader* reader, ReportedDemand* demand) {
  while (true) {
    std::optional<ResourceShape> shape = TakeShape(reader);
    if (!shape) return false;
    demand->bundles.push_back({*std::move(shape)});
    if (!reader->Take(" * ")) return true;
    const auto count = reader->TakeNumber<std::int64_t>();
    if (!count) return false;
    demand->bundles.back().count = *count;
    if (!reader->Take(", ")) return true;
  }
}

std::optional<ReportedDemand> ReadDemand(std::string_view line) {
  ReportedDemand demand;
  Reader reader(line);
  if (!TakeBundles(&reader, &demand)) return std::nullopt;
  if (reader.Take(" (")) {
    const std::size_t end = reader.rest().find(')');
    if (end == std::string_view::npos) return std::nullopt;
    demand.strategy = reader.rest().substr(0, end);
    reader.Take(std::string(demand.strategy) + ")");
  }
  if (!reader.Take(": ")) return std::nullopt;
  const auto count = reader.TakeNumber<std::int64_t>();
  if (!count) return std::nullopt;
  demand.count = *count;
  demand.at_least = reader.Take("+");
  if (reader.Take(" pending tasks/actors")) return demand;
  demand.by = ReportedDemand::By::kPlacementGroup;
  if (reader.Take(" pending placement groups")) return demand;
  demand.by = ReportedDemand::By::kRequest;
  return reader.Take(" from request_resources()") ? std::optional(demand) : std::nullopt;
}

// "1.5" or "4.00GiB"
std::optional<double> TakeAmount(Reader* reader) {
  std::optional<double> amount = reader->TakeNumber<double>();
  if (!amount || !std::isfinite(*amount)) return std::nullopt;
  for (const auto& [unit, bytes] : kMemoryUnits)
    if (reader->Take(unit)) return *amount * bytes;
  return amount;
}

// 1.5/4.0 CPU (1.0 used of 2.0 reserved in placement groups): Ray counts what is used there, of what is
// reserved, and so does not count as used what nobody else can have.
void ReadUsage(std::string_view line, std::map<std::string, ReportedUsage>* usage) {
  Reader reader(line);
  const auto used = TakeAmount(&reader);
  if (!used || !reader.Take("/")) return;
  const auto total = TakeAmount(&reader);
  if (!total || !reader.Take(" ")) return;
  const std::string name(reader.rest().substr(0, reader.rest().find(' ')));
  if (name.empty()) return;
  ReportedUsage& entry = (*usage)[name] = {*used, *total};
  if (!reader.Take(name + " (")) return;
  const auto used_there = TakeAmount(&reader);
  if (!used_there || !reader.Take(" used of ")) return;
  if (const auto reserved = TakeAmount(&reader)) entry.used += *reserved - *used_there;
}

// "small, 2 launching" or "10.0.0.7: small, waiting-for-ssh"
void ReadPendingNode(std::string_view line, std::map<std::string, std::int64_t>* launching) {
  const std::size_t comma = line.rfind(", ");
  if (comma == line.npos) return;
  std::string_view group = line.substr(0, comma);
  Reader after(line.substr(comma + 2));
  const auto count = after.TakeNumber<std::int64_t>();
  if (count && after.Take(" launching")) {
    (*launching)[std::string(group)] += *count;
    return;
  }
  if (const std::size_t colon = group.rfind(": "); colon != group.npos) group = group.substr(colon + 2);
  ++(*launching)[std::string(group)];
}

// "small: LaunchFailed (latest_attempt: 10:11:12)", the newest first
void ReadFailure(std::string_view line, std::map<std::string, std::string>* failures) {
  const std::size_t colon = line.find(": ");
  if (colon == line.npos) return;
  failures->emplace(line.substr(0, colon), line.substr(colon + 2));
}

// The lines below any of the headings; each begins with a space.
std::vector<std::string_view> LinesBelow(std::string_view text,
                                         std::initializer_list<std::string_view> headings) {
  std::vector<std::string_view> lines;
  bool inside = false, done = false;
  for (std::string_view line : shared::Split(text, '\n')) {
    if (!line.starts_with(' ')) {
      done = done || (inside && line.starts_with("Node: "));  // each node's own part follows
      inside = !done && std::find(headings.begin(), headings.end(), line) != headings.end();
      continue;
    }
    line = shared::Trim(line);
    if (inside && !line.empty() && !line.starts_with("(no") && lines.size() < kMaxLines)
      lines.push_back(line);
  }
  return lines;
}

// As Python writes a float: 1.0, 0.5, 1e-05.
std::string PythonFloat(double number) {
  const double size = std::fabs(number);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e16);
  const std::string written = plain ? shared::ShortestDecimal(number) : shared::ShortestNumber(number);
  return plain && written.find('.') == written.npos ? written + ".0" : written;
}

std::string PythonText(const std::string& text) {
  const char* quote = text.find('\'') == text.npos ? "'" : "\"";
  return quote + text + quote;
}

std::string WriteAmount(const std::string& resource, double amount) {
  if (resource != "memory" && resource != "object_store_memory") return PythonFloat(amount);
  std::array<char, 48> text{};
  for (const auto& [unit, bytes] : kMemoryUnits)
    if (amount >= bytes && bytes > 1) {
      std::snprintf(text.data(), text.size(), "%.2f", amount / bytes);
      return text.data() + std::string(unit);
    }
  std::snprintf(text.data(), text.size(), "%.0f", std::floor(amount));
  return text.data() + std::string("B");
}

// What placement groups have reserved of a resource, and what is used of that: of the names
// RESOURCE_group_ID. (RESOURCE_group_INDEX_ID is the same once more, for each bundle.)
ReportedUsage InGroups(const std::string& resource, const std::map<std::string, ReportedUsage>& usage) {
  const std::string prefix = resource + kInGroup;
  ReportedUsage sum;
  for (auto each = usage.lower_bound(prefix); each != usage.end() && each->first.starts_with(prefix); ++each)
    if (each->first.find('_', prefix.size()) == each->first.npos) {
      sum.used += each->second.used;
      sum.total += each->second.total;
    }
  return sum;
}

std::string WriteUsage(const std::string& resource, const ReportedUsage& usage,
                       const ReportedUsage& grouped) {
  const auto write = [&](double amount) { return WriteAmount(resource, amount); };
  const bool any = grouped.total > 0;
  const double used = any ? std::max(0.0, usage.used - grouped.total + grouped.used) : usage.used;
  std::string line = write(used) + "/" + write(usage.total) + " " + resource;
  if (any)
    line +=
        " (" + write(grouped.used) + " used of " + write(grouped.total) + " reserved in placement groups)";
  return line;
}

std::string WriteShape(const ResourceShape& shape) {
  std::string text;
  for (const auto& [resource, amount] : shape)
    text += (text.empty() ? "" : ", ") + PythonText(resource) + ": " + PythonFloat(amount);
  return "{" + text + "}";
}

std::string WriteDemand(const ReportedDemand& demand) {
  std::string line;
  for (const ReportedBundle& bundle : demand.bundles) {
    line += (line.empty() ? "" : ", ") + WriteShape(bundle.shape);
    if (demand.by == ReportedDemand::By::kPlacementGroup) line += " * " + std::to_string(bundle.count);
  }
  if (!demand.strategy.empty()) line += " (" + demand.strategy + ")";
  line += ": " + std::to_string(demand.count);
  if (demand.by == ReportedDemand::By::kRequest) return line + " from request_resources()";
  return line +
         (demand.by == ReportedDemand::By::kTasks ? "+ pending tasks/actors" : "+ pending placement groups");
}

std::vector<std::string> Bounded(const std::vector<std::string_view>& lines) {
  std::vector<std::string> bounded;
  for (const std::string_view line : lines) bounded.emplace_back(line.substr(0, kMaxLine));
  return bounded;
}

}  // namespace

AutoscalerReport ReadAutoscalerReport(std::string_view text) {
  AutoscalerReport report;
  report.known = text.find("Autoscaler status: ") != text.npos;
  const auto usage = LinesBelow(text, {"Total Usage:", "Usage:"});
  const auto demands = LinesBelow(text, {"Pending Demands:", "Demands:"});
  const auto pending = LinesBelow(text, {"Pending:"});
  for (const std::string_view line : usage) ReadUsage(line, &report.usage);
  for (const auto& lines : {demands, LinesBelow(text, {"From request_resources:"})})
    for (const std::string_view line : lines)
      if (auto demand = ReadDemand(line))
        report.demands.push_back(*std::move(demand));
      else
        report.unread_demands.emplace_back(line.substr(0, kMaxLine));
  for (const std::string_view line : pending) ReadPendingNode(line, &report.launching);
  for (const std::string_view line : LinesBelow(text, {"Recent failures:"}))
    ReadFailure(line.substr(0, kMaxLine), &report.failures);
  report.usage_lines = Bounded(usage);
  report.demand_lines = Bounded(demands);
  report.pending_lines = Bounded(pending);
  return report;
}

void WriteReportLines(AutoscalerReport* report) {
  const auto add = [](const std::string& line, std::vector<std::string>* lines) {
    if (lines->size() < kMaxLines) lines->push_back(line.substr(0, kMaxLine));
  };
  for (const auto& [resource, usage] : report->usage)
    if (!resource.starts_with("node:") && !resource.starts_with("accelerator_type:") &&
        resource.find(kInGroup) == resource.npos)
      add(WriteUsage(resource, usage, InGroups(resource, report->usage)), &report->usage_lines);
  for (const ReportedDemand& demand : report->demands) add(WriteDemand(demand), &report->demand_lines);
  for (const auto& [group, count] : report->launching)
    add(group + ", " + std::to_string(count) + " launching", &report->pending_lines);
}

}  // namespace kubectl_ray
