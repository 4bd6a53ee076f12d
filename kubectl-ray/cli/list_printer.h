// Objects of one kind on stdout as they come: tables, json, yaml, names, jsonpath, custom columns.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/formats/column.h"
#include "kubectl-ray/formats/json_path.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

struct OutputFormat {
  enum class Kind { kTable, kWide, kJson, kYaml, kName, kJsonPath, kCustomColumns };
  Kind kind = Kind::kTable;
  std::string argument = {};  // what stands behind jsonpath= or custom-columns=

  bool operator==(const OutputFormat&) const = default;
};

// -o's value; empty: a table. kUsage offers the near name.
shared::Result<OutputFormat> ParseOutputFormat(const std::string& text);

class ListPrinter {
 public:
  struct Options {
    OutputFormat format = {};
    std::vector<Column> columns;
    bool single = false;       // one object was asked for by name: no List around it
    bool watch = false;        // objects come as they change: each is printed by itself, as kubectl does
    std::string nothing = {};  // said on stderr when a table stays empty
    // What -o name prints of an object. What is no object of Kubernetes, such as a job of a dashboard, has no
    // kind, and its command gives what the other commands take for it.
    std::function<std::string(const shared::Json&)> name = ObjectName;
  };

  // kUsage for a jsonpath or column that cannot be read.
  static shared::Result<ListPrinter> Make(Streams& io, Options options);

  // Prints the object, or holds it back until the table's widths are known (the first rows), or until a
  // jsonpath that looks at the list as a whole has all of them. managedFields are left out.
  void Add(shared::Json object);
  // Prints what was held back, as a watch does before it waits; the rows that follow keep the widths.
  void Flush();
  // To be called once, after the last object; of a watch, it is no more than Flush().
  void Finish();

 private:
  ListPrinter(Streams& io, Options options) : io_(&io), options_(std::move(options)) {}

  void AddRow(const shared::Json& object);
  void PrintRow(const std::vector<std::string>& row);
  void PrintJsonItem(const shared::Json& object);
  void PrintJsonPathItem(shared::Json object);

  Streams* io_;
  Options options_;
  std::vector<std::vector<std::string>> held_rows_;
  std::vector<std::size_t> widths_;
  std::optional<JsonPath> path_;            // of -o jsonpath=
  std::size_t path_results_ = 0;            // of it, so far
  std::vector<shared::Json> held_objects_;  // jsonpath only
  std::size_t count_ = 0;
  bool header_printed_ = false;
};

}  // namespace kubectl_ray
