#include "kubectl-ray/convert/note.h"

#include <algorithm>

#include "kubectl-ray/convert/note_list.h"
#include "shared/text.h"

namespace kubectl_ray {

const char* NoteWord(Note::Kind kind) {
  switch (kind) {
    case Note::Kind::kDropped:
      return "dropped";
    case Note::Kind::kGuessed:
      return "guessed";
    case Note::Kind::kNeedsPerson:
      return "needs a person";
  }
  return "";
}

std::string FormatNote(const Note& note) {
  std::string text = note.source + ":" + (note.line > 0 ? std::to_string(note.line) + ": " : " ") +
                     NoteWord(note.kind) + ": " + note.field + ": " + note.message + "\n";
  if (!note.way_out.empty()) text += "    " + note.way_out + "\n";
  return shared::EscapeControl(text);
}

shared::Json NoteToJson(const Note& note) {
  shared::Json json = {{"kind", NoteWord(note.kind)}, {"source", note.source}};
  if (note.line > 0) json["line"] = note.line;
  json["field"] = note.field;
  json["message"] = note.message;
  if (!note.way_out.empty()) json["wayOut"] = note.way_out;
  return json;
}

shared::Unexpected<shared::Error> NoteList::Refusal(int line, const std::string& cause,
                                                    std::string hint) const {
  const std::string place = line > 0 ? source_ + ":" + std::to_string(line) : source_;
  return shared::Fail(shared::ErrorCode::kUsage,
                      "cannot " + action_ + " " + shared::EscapeControl(place + ": " + cause),
                      std::move(hint));
}

std::vector<Note> NoteList::Sorted() const {
  std::vector<Note> sorted = notes_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Note& a, const Note& b) { return a.line < b.line; });
  return sorted;
}

void NoteList::Add(Note::Kind kind, int line, std::string field, std::string message, std::string way_out) {
  Note note{kind, source_, line, std::move(field), std::move(message), std::move(way_out)};
  if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(std::move(note));
}

}  // namespace kubectl_ray
