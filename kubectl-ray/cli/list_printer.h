// Prints objects of one kind on stdout as they come: as a table, json, yaml, names, jsonpath or custom
// columns.
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
#include "shared/json_items.h"
#include "shared/result.h"

namespace kubectl_ray {

struct OutputFormat {
  enum class Kind { kTable, kWide, kJson, kYaml, kName, kJsonPath, kCustomColumns };
  Kind kind = Kind::kTable;
  std::string argument = {};  // what follows jsonpath= or custom-columns=

  bool operator==(const OutputFormat&) const = default;
};

// Parses the value of -o; empty means a table. kUsage offers the near name.
shared::Result<OutputFormat> ParseOutputFormat(const std::string& text);

class ListPrinter {
 public:
  struct Options {
    OutputFormat format = {};
    std::vector<Column> columns;
    shared::JsonFields fields = {};  // what the columns read of an object
    bool single = false;             // one object was asked for by name, so there is no List around it
    bool watch = false;        // objects come as they change; each is printed by itself, as kubectl does
    std::string nothing = {};  // printed on stderr if a table stays empty
    // Returns what -o name prints for an object. Anything that is not an object of Kubernetes, such as a job
    // of a dashboard, has no kind; its command then sets a function that returns what the other commands
    // accept for it.
    std::function<std::string(const shared::Json&)> name = ObjectName;
  };

  // kUsage if a jsonpath or a column cannot be parsed.
  static shared::Result<ListPrinter> Make(Streams& io, Options options);

  // Returns what is read of the objects that Add() gets.
  shared::JsonFields fields() const;

  // Prints the object, or keeps it until the table's widths are known (the first rows), or until all objects
  // are there for a jsonpath that reads the list as a whole. managedFields are left out.
  void Add(shared::Json object);
  // Prints what was kept, as a watch does before it waits. The rows that follow have the same widths.
  void Flush();
  // To be called once, after the last object. For a watch, it is the same as Flush().
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
