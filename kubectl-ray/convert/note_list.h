// Collects the notes of one file. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "kubectl-ray/convert/note.h"
#include "shared/result.h"

namespace kubectl_ray {

class NoteList {
 public:
  // `action` is what a refusal cannot do.
  explicit NoteList(std::string source, std::string action = "convert")
      : source_(std::move(source)), action_(std::move(action)) {}

  void Dropped(int line, std::string field, std::string message, std::string way_out = "") {
    Add(Note::Kind::kDropped, line, std::move(field), std::move(message), std::move(way_out));
  }
  void Guessed(int line, std::string field, std::string message, std::string way_out = "") {
    Add(Note::Kind::kGuessed, line, std::move(field), std::move(message), std::move(way_out));
  }
  void NeedsPerson(int line, std::string field, std::string message, std::string way_out) {
    Add(Note::Kind::kNeedsPerson, line, std::move(field), std::move(message), std::move(way_out));
  }

  void Append(std::vector<Note> notes) {
    for (Note& note : notes) notes_.push_back(std::move(note));
  }

  // Returns kUsage with `cannot ACTION SOURCE:LINE: CAUSE`.
  shared::Unexpected<shared::Error> Refusal(int line, const std::string& cause, std::string hint = "") const;

  const std::string& source() const { return source_; }
  // Returns the notes in the order of their lines, without one that is there already.
  std::vector<Note> Sorted() const;

 private:
  void Add(Note::Kind kind, int line, std::string field, std::string message, std::string way_out);

  std::string source_;
  std::string action_;
  std::vector<Note> notes_;
};

}  // namespace kubectl_ray
