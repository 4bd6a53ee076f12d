#include "kubectl-ray/ray/node_labels.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using Is = LabelTerm::Is;

TEST_CASE("which labels satisfy a term", "[autoscaler]") {
  const NodeLabels labels = {{"zone", "a"}, {"empty", ""}};
  const struct {
    LabelTerm term;
    bool satisfied;
    const char* text;
  } rows[] = {
      {{"zone", Is::kIn, {"a"}}, true, "zone=a"},
      {{"zone", Is::kIn, {"b", "a"}}, true, "zone in (b, a)"},
      {{"zone", Is::kIn, {"b"}}, false, "zone=b"},
      {{"zone", Is::kIn, {}}, false, "zone in ()"},
      {{"tier", Is::kIn, {"a"}}, false, "tier=a"},
      {{"tier", Is::kIn, {""}}, false, "tier="},
      {{"empty", Is::kIn, {""}}, true, "empty="},
      {{"zone", Is::kNotIn, {"a"}}, false, "zone!=a"},
      {{"zone", Is::kNotIn, {"b", "c"}}, true, "zone not in (b, c)"},
      {{"tier", Is::kNotIn, {"gold"}}, true, "tier!=gold"},  // as of Kubernetes' labels
      {{"zone", Is::kUnknown, {"a"}}, false, "zone by a rule that is not known"},
      {{"tier", Is::kUnknown, {}}, false, "tier by a rule that is not known"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(Satisfies(labels, row.term) == row.satisfied);
    CHECK(ToString(row.term) == row.text);
  }
}

TEST_CASE("one choice of labels is enough, and the nearest says what is lacking", "[autoscaler]") {
  const LabelTerm a{"zone", Is::kIn, {"a"}}, b{"zone", Is::kIn, {"b"}}, gold{"tier", Is::kIn, {"gold"}};
  const struct {
    LabelChoices choices;
    LabelTerms lacking;
    const char* text;
  } rows[] = {
      {{}, {}, ""},
      {{{}}, {}, "any"},
      {{{a}}, {}, "zone=a"},
      {{{b}}, {b}, "zone=b"},
      {{{b, gold}}, {b, gold}, "zone=b and tier=gold"},
      {{{b, gold}, {a}}, {}, "zone=b and tier=gold, or else zone=a"},
      {{{b, gold}, {a, gold}}, {gold}, "zone=b and tier=gold, or else zone=a and tier=gold"},
      {{{b}, {gold}}, {b}, "zone=b, or else tier=gold"},  // the first of equals
  };
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(LackOf(row.choices, {{"zone", "a"}}) == row.lacking);
    CHECK(Satisfies({{"zone", "a"}}, row.choices) == row.lacking.empty());
    CHECK(ToString(row.choices) == row.text);
  }
}
