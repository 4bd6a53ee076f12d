// The objects of files, and where in their file each field stands.
#pragma once

#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/formats/yaml_text.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

class Manifest {
 public:
  // `root`: the object's own node in the document.
  Manifest(std::string file, shared::Json value, std::shared_ptr<const YamlTextDocument> document,
           const YamlTextNode* root)
      : object(std::move(value)), file_(std::move(file)), document_(std::move(document)), root_(root) {}

  shared::Json object;

  const std::string& file() const { return file_; }
  // The line of a field (field_path.h) in the file, from 1; of the nearest one around it, if it is not there
  // itself. An empty field is the object.
  std::size_t LineOf(std::string_view field) const;
  // "FILE:LINE", the same.
  std::string Place(std::string_view field) const;
  // Returns a message of the API server about this object with "FILE:LINE: " before each field that it names.
  std::string WithPlaces(std::string_view message) const;

 private:
  std::string file_;
  std::shared_ptr<const YamlTextDocument> document_;
  const YamlTextNode* root_;
};

// Reads the objects of each path, in order: of a file, of all files of a folder that end in .yaml, .yml or
// .json, by their names (`recursive`: of the folders in it, too), or of `standard_input` ("-"). A List counts
// as its items. Errors: kUsage, with the line: a file that cannot be read, a document that is no object, a
// template ({{ }}), a folder without such a file.
shared::Result<std::vector<Manifest>> ReadManifests(const std::vector<std::string>& paths, bool recursive,
                                                    std::istream& standard_input);

// Reads the objects of a text; `file` is for messages.
shared::Result<std::vector<Manifest>> ParseManifests(const std::string& file, std::string_view text);

}  // namespace kubectl_ray
