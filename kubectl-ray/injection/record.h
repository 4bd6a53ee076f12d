// What an injected pod template says about its own injection, so that it can be undone to the byte: in its
// annotations, which survive every tool that comments do not. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

// The way to a field below a pod template: member names, and names of list items (or their index), with ~0,
// ~1 and ~2 for "~", "/" and a blank: spec/containers/ray-head/command.
using FieldPath = std::string;

FieldPath Join(const FieldPath& parent, std::string_view step);
std::vector<std::string> Steps(const FieldPath& path);

// How the item of a list is named in a path: by its `name`, if it is the only one of that name, else by its
// index.
std::string ItemStep(const shared::Json& list, std::size_t index);

struct InjectionRecord {
  // Fields and items that were added. With "/" at the end: an object or list that was made to hold some of
  // them, and goes with the last of its content. With "^" before it: it was put before its elder sibling.
  std::vector<std::string> added;
  // The text that stood in the place of a value that was replaced.
  std::map<FieldPath, std::string> replaced;

  bool operator==(const InjectionRecord&) const = default;
};

// Returns the template with the record in its annotations.
shared::Json WithRecord(shared::Json pod_template, const InjectionRecord& record);

// Whether there is a record.
bool HasRecord(const shared::Json& pod_template);

// Reads the record; the record's own annotations count among what was added. What cannot be read is left out.
InjectionRecord ReadRecord(const shared::Json& pod_template);

}  // namespace kubectl_ray
