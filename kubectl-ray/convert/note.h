// What a conversion could not carry over unchanged, and what its user has to do about it.
#pragma once

#include <string>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

struct Note {
  enum class Kind {
    kDropped,      // a field that has no meaning today, or that does harm
    kGuessed,      // a value that was derived, and may not be what was meant
    kNeedsPerson,  // something that no rewriting can carry over
  };
  Kind kind = Kind::kDropped;
  std::string source;   // the file's name, or "-"
  int line = 0;         // from 1; 0 for something that the file does not say
  std::string field;    // its path in the source: "provider.namespace", "podTypes[head].setupCommands"
  std::string message;  // what is done with it and why: lower case, no full stop
  std::string way_out;  // what to do, as a sentence; empty if nothing is to be done

  bool operator==(const Note&) const = default;
};

// Returns "dropped", "guessed" or "needs a person".
const char* NoteWord(Note::Kind kind);
// Returns `FILE:LINE: KIND: FIELD: MESSAGE` with the way out on a line of its own below. Escaped for a
// terminal.
std::string FormatNote(const Note& note);
// Returns the members of the note as an object, with its kind as NoteWord().
shared::Json NoteToJson(const Note& note);

}  // namespace kubectl_ray
