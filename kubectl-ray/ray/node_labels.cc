#include "kubectl-ray/ray/node_labels.h"

#include <algorithm>

namespace kubectl_ray {

bool Satisfies(const NodeLabels& labels, const LabelTerm& term) {
  if (term.is == LabelTerm::Is::kUnknown) return false;
  const auto label = labels.find(term.key);
  const bool listed = label != labels.end() &&
                      std::find(term.values.begin(), term.values.end(), label->second) != term.values.end();
  return listed == (term.is == LabelTerm::Is::kIn);
}

LabelTerms LackOf(const LabelChoices& choices, const NodeLabels& labels) {
  LabelTerms least;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    LabelTerms lacking;
    for (const LabelTerm& term : choices[i])
      if (!Satisfies(labels, term)) lacking.push_back(term);
    if (i == 0 || lacking.size() < least.size()) least = std::move(lacking);
  }
  return least;
}

bool Satisfies(const NodeLabels& labels, const LabelChoices& choices) {
  return LackOf(choices, labels).empty();
}

std::string ToString(const LabelTerm& term) {
  if (term.is == LabelTerm::Is::kUnknown) return term.key + " by a rule that is not known";
  const bool in = term.is == LabelTerm::Is::kIn;
  if (term.values.size() == 1) return term.key + (in ? "=" : "!=") + term.values.front();
  std::string text = term.key + (in ? " in (" : " not in (");
  for (std::size_t i = 0; i < term.values.size(); ++i) text += (i == 0 ? "" : ", ") + term.values[i];
  return text + ")";
}

std::string ToString(const LabelChoices& choices) {
  std::string text;
  for (const LabelTerms& terms : choices) {
    text += text.empty() ? "" : ", or else ";
    if (terms.empty()) text += "any";
    for (std::size_t i = 0; i < terms.size(); ++i) text += (i == 0 ? "" : " and ") + ToString(terms[i]);
  }
  return text;
}

}  // namespace kubectl_ray
