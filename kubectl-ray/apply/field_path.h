// The way to a value in an object, as it is written: `spec.workerGroupSpecs[gpus].replicas`. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kubectl_ray {

class FieldPath {
 public:
  FieldPath() = default;

  FieldPath Member(std::string key) const { return With({std::move(key), false}); }
  // `name`: an item's index or its name.
  FieldPath Item(std::string name) const { return With({std::move(name), true}); }

  // A key with a dot or a slash, as labels have, stands in brackets.
  std::string ToText() const;

  struct Step {
    std::string name;
    bool is_item = false;  // it stood in brackets

    bool operator==(const Step&) const = default;
  };
  const std::vector<Step>& steps() const& { return steps_; }
  std::vector<Step> steps() && { return std::move(steps_); }

 private:
  FieldPath With(Step step) const {
    FieldPath path = *this;
    path.steps_.push_back(std::move(step));
    return path;
  }

  std::vector<Step> steps_;
};

// Reads what ToText() writes and what the API server does: `.spec.a`, `spec.list[0].b`,
// `spec.containers[name="x"].image` (an item by its name). A text that is no path yields as many steps as can
// be read.
FieldPath ParseFieldPath(std::string_view text);

// Returns whether `path` begins with the steps of `pattern`, members with points between them, in which `*`
// is any step: "workerGroupSpecs.*.replicas". An empty pattern fits every path.
bool BeginsWith(std::string_view path_text, std::string_view pattern);

}  // namespace kubectl_ray
