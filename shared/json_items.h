// Reads a long JSON document piece by piece, as a server sends it: the elements of one of its arrays one at a
// time, and the rest as a small value at the end. Memory is one element.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/json.h"
#include "shared/result.h"

namespace shared {

// Which members of a value are built. Arrays count as their elements: "spec.groups.name" is the name of each
// group. A path is names with dots between, so that a name with a dot is reached through the object that it
// is in. All of what a path leads to is kept. The default is all.
class JsonFields {
 public:
  JsonFields() = default;
  // Only what these paths lead to, and all else but that.
  static JsonFields Only(std::initializer_list<std::string_view> paths);
  static JsonFields Without(std::initializer_list<std::string_view> paths);

  // Adds paths to those of Only().
  void Add(std::initializer_list<std::string_view> paths);

  // Whether all is kept.
  bool all() const { return others_ && members_.empty(); }
  // Returns what is kept of the member of that name, or null if it is left out.
  const JsonFields* Of(std::string_view name) const;

 private:
  explicit JsonFields(bool others) : others_(others) {}
  JsonFields& Member(std::string_view name);

  bool others_ = true;  // whether members that are not named are kept
  std::string name_;
  std::vector<JsonFields> members_;
};

// Members that are left out are skipped as bytes, at the speed of a scan: their brackets and strings have to
// be whole, and nothing else of them is checked. All the rest is checked as by ParseJson().
class JsonItems {
 public:
  struct Options {
    std::string path = "items";  // of the array; "data.summary" is in an object; empty: it is the document
    JsonFields fields = {};      // of each element
    std::size_t max_bytes = 16u << 20;  // of what is kept of one element, and of the rest
    int max_depth = 200;
  };

  // Calls on_item for each element of the array, in order, until it returns false.
  JsonItems(Options options, std::function<bool(Json item)> on_item);

  // Reads the next piece, of any length. Returns whether more is wanted: false after an error and once
  // on_item has returned false.
  bool Feed(std::string_view piece);

  // Returns the document with an empty array, or null if on_item stopped it. Fails with kInternal for bad
  // syntax (the cause names an element if it is in one), for a document that ends too early, nesting deeper
  // than max_depth, and elements over max_bytes. The elements before the fault were delivered.
  Result<Json> Finish();

 private:
  enum class State { kValue, kFirstValue, kFirstKey, kKey, kKeyText, kColon, kRaw, kAfter, kDone };
  // An object or array whose members are looked at one by one.
  struct Frame {
    bool object;
    bool any;                  // it has a member in *out_
    const JsonFields* fields;  // of its members
  };

  std::size_t Step(std::string_view piece);
  std::size_t StepRaw(std::string_view piece);
  std::size_t StringLength(std::string_view piece);
  std::size_t StepKeyText(std::string_view piece);
  void TakeByte(char c);
  void BeginValue(char c);
  void Open(char c, const JsonFields* fields);
  void Close(char c);
  void EndKey();
  void EndValue();
  void Deliver();
  bool InArray() const { return array_depth_ != 0 && frames_.size() == array_depth_; }
  void CheckSize();
  void SetError(std::string cause);

  const Options options_;
  const std::function<bool(Json)> on_item_;
  std::vector<std::string> path_;

  State state_ = State::kValue;
  std::vector<Frame> frames_;
  std::size_t matched_ = 0;      // how many names of path_ lead to this value
  std::size_t array_depth_ = 0;  // the size of frames_ in the array; 0: outside of it
  std::string rest_;
  std::string item_;
  std::string* out_ = &rest_;
  std::string key_;                   // with its quotes
  const JsonFields* next_ = nullptr;  // of the value that follows; null: all of it
  bool keep_ = true;                  // the value that follows is not left out
  std::size_t raw_depth_ = 0;         // brackets that are open in a value of kRaw
  bool raw_begun_ = false;
  bool in_string_ = false;
  bool escaped_ = false;
  bool stopped_ = false;
  std::optional<Error> error_;
};

}  // namespace shared
