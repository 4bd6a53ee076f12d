// Labels that Ray's nodes have, and what tasks, actors and bundles ask of them (since Ray 2.49). Pure.
// Source: LabelSelector in src/ray/protobuf/common.proto and _satisfies_label_constraints in
// ray/autoscaler/v2/scheduler.py (2.49, 2.54, 2.60).
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace kubectl_ray {

using NodeLabels = std::map<std::string, std::string>;

// One label, and which values a node may have of it.
struct LabelTerm {
  enum class Is { kIn, kNotIn, kUnknown };  // kUnknown: a rule that this program does not know; none has it
  std::string key;
  Is is = Is::kIn;
  std::vector<std::string> values = {};

  auto operator<=>(const LabelTerm&) const = default;
};

// All terms have to hold.
using LabelTerms = std::vector<LabelTerm>;
// The first that a node satisfies counts; one is enough. Empty: any node will do.
using LabelChoices = std::vector<LabelTerms>;

bool Satisfies(const NodeLabels& labels, const LabelTerm& term);
bool Satisfies(const NodeLabels& labels, const LabelChoices& choices);

// Returns the terms that do not hold of the choice of which the fewest do not; empty if `choices` hold.
LabelTerms LackOf(const LabelChoices& choices, const NodeLabels& labels);

// Returns "zone=a", "zone in (a, b)", "zone!=a", "zone not in (a, b)". Not escaped.
std::string ToString(const LabelTerm& term);
// Returns "zone=a and tier!=gold, or else zone=b"; empty if there are none. Not escaped.
std::string ToString(const LabelChoices& choices);

}  // namespace kubectl_ray
