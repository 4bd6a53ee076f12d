#include "kubectl-ray/cli/list_printer.h"

#include <algorithm>

#include "kubectl-ray/formats/json_path.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/kube/object_fields.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;

// How many rows decide the widths of all.
constexpr std::size_t kRowsMeasured = 500;
constexpr const char* kGap = "   ";

std::size_t DisplayWidth(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string Upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

// NAME:.metadata.name,AGE:.metadata.creationTimestamp
shared::Result<std::vector<Column>> CustomColumns(const std::string& text) {
  std::vector<Column> columns;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string column = text.substr(begin, end - begin);
    const std::size_t colon = column.find(':');
    if (colon == column.npos || colon == 0 || colon + 1 == column.size())
      return Fail(ErrorCode::kUsage,
                  "cannot read custom-columns \"" + shared::EscapeControl(column.substr(0, 200)) +
                      "\": it is not HEADER:PATH",
                  "Write -o custom-columns=NAME:.metadata.name,STATUS:.status.state.");
    ASSIGN_OR_RETURN(JsonPath path, JsonPath::ParseExpression(column.substr(colon + 1)));
    columns.push_back({column.substr(0, colon), [path](const Json& object) {
                         std::string cell;
                         for (const Json* value : path.Find(object))
                           cell +=
                               (cell.empty() ? "" : ",") +
                               (value->is_string() ? value->get<std::string>() : shared::DumpJson(*value));
                         return cell.empty() ? "<none>" : cell;
                       }});
    begin = end + 1;
  }
  return columns;
}

std::string Indent(const std::string& text, const char* by) {
  std::string indented = by;
  for (char c : text) {
    indented += c;
    if (c == '\n') indented += by;
  }
  return indented;
}

}  // namespace

shared::Result<OutputFormat> ParseOutputFormat(const std::string& text) {
  using Kind = OutputFormat::Kind;
  const std::vector<std::pair<std::string, Kind>> plain = {{"", Kind::kTable},
                                                           {"wide", Kind::kWide},
                                                           {"json", Kind::kJson},
                                                           {"yaml", Kind::kYaml},
                                                           {"name", Kind::kName}};
  for (const auto& [name, kind] : plain)
    if (text == name) return OutputFormat{kind};
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  const std::string argument = equals == text.npos ? "" : text.substr(equals + 1);
  if (name == "jsonpath" && !argument.empty()) return OutputFormat{Kind::kJsonPath, argument};
  if (name == "custom-columns" && !argument.empty()) return OutputFormat{Kind::kCustomColumns, argument};
  std::string hint = shared::DidYouMean(name, {"wide", "json", "yaml", "name", "jsonpath", "custom-columns"});
  if (name == "jsonpath" || name == "custom-columns") hint = "Write -o " + name + "=..., with what to print.";
  if (hint.empty()) hint = "Use wide, json, yaml, name, jsonpath=... or custom-columns=....";
  return Fail(ErrorCode::kUsage, "cannot print as \"" + shared::EscapeControl(text.substr(0, 80)) + "\"",
              hint);
}

shared::Result<ListPrinter> ListPrinter::Make(Streams& io, Options options) {
  using Kind = OutputFormat::Kind;
  const Kind kind = options.format.kind;
  std::optional<JsonPath> path;
  if (kind == Kind::kJsonPath) {
    ASSIGN_OR_RETURN(path, JsonPath::Parse(options.format.argument));
  }
  if (kind == Kind::kCustomColumns) {
    ASSIGN_OR_RETURN(options.columns, CustomColumns(options.format.argument));
  } else if (kind != Kind::kWide) {
    std::erase_if(options.columns, [](const Column& column) { return column.wide; });
  }
  ListPrinter printer(io, std::move(options));
  printer.path_ = std::move(path);
  return printer;
}

shared::JsonFields ListPrinter::fields() const {
  const OutputFormat::Kind kind = options_.format.kind;
  if (kind == OutputFormat::Kind::kTable || kind == OutputFormat::Kind::kWide) return options_.fields;
  return WithoutManagedFields();
}

void ListPrinter::Add(Json object) {
  if (auto metadata = object.find("metadata"); metadata != object.end() && metadata->is_object())
    metadata->erase("managedFields");
  switch (options_.format.kind) {
    case OutputFormat::Kind::kJsonPath:
      PrintJsonPathItem(std::move(object));
      break;
    case OutputFormat::Kind::kName:
      io_->out << shared::EscapeControl(options_.name(object)) << '\n';
      break;
    case OutputFormat::Kind::kJson:
      PrintJsonItem(object);
      break;
    case OutputFormat::Kind::kYaml:
      if (options_.single || options_.watch) {
        io_->out << (count_ > 0 ? "---\n" : "") << DumpYaml(object);
      } else {
        if (count_ == 0) io_->out << "apiVersion: v1\nkind: List\nitems:\n";
        io_->out << DumpYaml(Json::array({std::move(object)}));
      }
      break;
    default:
      AddRow(object);
  }
  ++count_;
}

void ListPrinter::PrintJsonPathItem(Json object) {
  if (options_.watch && (options_.single || !path_->ItemByItem())) {
    io_->out << path_->Print(object);
    return;
  }
  if (options_.single || !path_->ItemByItem()) {
    held_objects_.push_back(std::move(object));
    return;
  }
  if (count_ == 0) io_->out << path_->PrintBefore();
  io_->out << path_->PrintItem(object, &path_results_);
}

void ListPrinter::PrintJsonItem(const Json& object) {
  const std::string text = shared::DumpJson(object, 4);
  if (options_.single || options_.watch) {
    io_->out << text << '\n';
    return;
  }
  io_->out << (count_ == 0 ? "{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"List\",\n    \"items\": [\n"
                           : ",\n")
           << Indent(text, "        ");
}

void ListPrinter::AddRow(const Json& object) {
  std::vector<std::string> row;
  for (const Column& column : options_.columns) row.push_back(shared::EscapeControl(column.cell(object)));
  if (header_printed_) {
    PrintRow(row);
    return;
  }
  held_rows_.push_back(std::move(row));
  if (held_rows_.size() == kRowsMeasured) Flush();
}

void ListPrinter::PrintRow(const std::vector<std::string>& row) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    std::string cell = row[i];
    std::replace(cell.begin(), cell.end(), '\n', ' ');
    line += cell;
    if (i + 1 == row.size()) break;
    const std::size_t width = DisplayWidth(cell);
    if (width < widths_[i]) line.append(widths_[i] - width, ' ');
    line += kGap;
  }
  line += '\n';
  io_->out << line;
}

void ListPrinter::Flush() {
  if (header_printed_ || held_rows_.empty()) {
    io_->out << std::flush;
    return;
  }
  std::vector<std::string> header;
  for (const Column& column : options_.columns) {
    header.push_back(Upper(column.header));
    widths_.push_back(DisplayWidth(column.header));
  }
  for (const auto& row : held_rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], DisplayWidth(row[i]));
  PrintRow(header);
  for (const auto& row : held_rows_) PrintRow(row);
  held_rows_.clear();
  header_printed_ = true;
  io_->out << std::flush;
}

void ListPrinter::Finish() {
  if (options_.watch) return Flush();
  const bool table = options_.format.kind == OutputFormat::Kind::kTable ||
                     options_.format.kind == OutputFormat::Kind::kWide ||
                     options_.format.kind == OutputFormat::Kind::kCustomColumns;
  if (table) Flush();
  if (table && count_ == 0 && !options_.nothing.empty()) io_->err << options_.nothing << std::endl;
  if (options_.format.kind == OutputFormat::Kind::kJson && !options_.single)
    io_->out << (count_ == 0
                     ? "{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"List\",\n    \"items\": []\n}\n"
                     : "\n    ]\n}\n");
  if (options_.format.kind == OutputFormat::Kind::kYaml && !options_.single && count_ == 0)
    io_->out << "apiVersion: v1\nkind: List\nitems: []\n";
  if (path_ && count_ > 0 && held_objects_.empty()) {
    io_->out << path_->PrintAfter();
  } else if (path_) {
    const Json list = options_.single && held_objects_.size() == 1
                          ? held_objects_.front()
                          : Json{{"apiVersion", "v1"}, {"kind", "List"}, {"items", held_objects_}};
    io_->out << path_->Print(list);
  }
  io_->out << std::flush;
}

}  // namespace kubectl_ray
