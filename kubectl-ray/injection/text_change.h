// A changed pod template, written into the text it came from. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "kubectl-ray/formats/yaml_text.h"
#include "kubectl-ray/injection/record.h"
#include "kubectl-ray/injection/text_edits.h"

namespace kubectl_ray {

// What to do if a part that is to be changed is written elsewhere, and an alias stands in its place.
enum class AliasRule {
  kChangeTarget,  // change it where it is written, for all who use it
  kWriteOut,      // write its changed value in the alias's place
};

// Appends the edits that make `node`'s text, which reads as `before`, read as `after`: members and items are
// added, values are replaced, and all else stays byte for byte. `after` has all of `before`'s members.
// Returns what was added and replaced. Whether the text then reads so is the caller's to check.
InjectionRecord ChangeText(std::string_view text, const YamlTextNode& node, const shared::Json& before,
                           const shared::Json& after, AliasRule aliases, std::vector<TextEdit>* edits);

// Appends the edits that take back what the record of the template in `node` says. Paths that no longer lead
// to anything are left alone.
void UndoChange(std::string_view text, const YamlTextNode& node, const InjectionRecord& record,
                std::vector<TextEdit>* edits);

}  // namespace kubectl_ray
