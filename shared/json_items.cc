#include "shared/json_items.h"

#include <algorithm>

#include "shared/split.h"

namespace shared {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Returns a key without its quotes and escapes.
std::string NameOf(const std::string& key) {
  if (key.find('\\') == key.npos) return key.substr(1, key.size() - 2);
  const Result<Json> name = ParseJson(key);
  return name ? name->get<std::string>() : std::string();
}

}  // namespace

JsonFields& JsonFields::Member(std::string_view name) {
  for (JsonFields& member : members_)
    if (member.name_ == name) return member;
  members_.push_back(JsonFields(others_));
  members_.back().name_ = name;
  return members_.back();
}

void JsonFields::Add(std::initializer_list<std::string_view> paths) {
  for (std::string_view path : paths) {
    JsonFields* at = this;
    for (std::string_view name : Split(path, '.')) at = &at->Member(name);
    at->others_ = !others_;
  }
}

JsonFields JsonFields::Only(std::initializer_list<std::string_view> paths) {
  JsonFields fields(false);
  fields.Add(paths);
  return fields;
}

JsonFields JsonFields::Without(std::initializer_list<std::string_view> paths) {
  JsonFields fields(true);
  fields.Add(paths);
  return fields;
}

const JsonFields* JsonFields::Of(std::string_view name) const {
  static const JsonFields all;
  for (const JsonFields& member : members_)
    if (member.name_ == name) return member.others_ || !member.members_.empty() ? &member : nullptr;
  return others_ ? &all : nullptr;
}

JsonItems::JsonItems(Options options, std::function<bool(Json)> on_item)
    : options_(std::move(options)), on_item_(std::move(on_item)) {
  if (options_.path.empty()) return;
  for (std::string_view name : Split(options_.path, '.')) path_.emplace_back(name);
}

void JsonItems::SetError(std::string cause) {
  if (!error_) error_ = Error{ErrorCode::kInternal, std::move(cause)};
}

void JsonItems::CheckSize() {
  if (std::max(out_->size(), key_.size()) > options_.max_bytes)
    SetError("json has " + std::string(out_ == &item_ ? "an element" : "parts") + " of more than " +
             std::to_string(options_.max_bytes) + " bytes");
}

bool JsonItems::Feed(std::string_view piece) {
  while (!piece.empty() && !error_ && !stopped_) {
    piece.remove_prefix(Step(piece));
    CheckSize();
  }
  return !error_ && !stopped_;
}

Result<Json> JsonItems::Finish() {
  if (stopped_) return Json();
  if (error_) return Unexpected(*error_);
  // Only its end shows that a number is whole.
  const bool whole = state_ == State::kDone || (state_ == State::kRaw && frames_.empty());
  if (!whole) return Fail(ErrorCode::kInternal, "json ends too early");
  return ParseJson(rest_, options_.max_depth);
}

// Takes at least one byte or a change of state; returns how many bytes.
std::size_t JsonItems::Step(std::string_view piece) {
  if (state_ == State::kRaw) return StepRaw(piece);
  if (state_ == State::kKeyText) return StepKeyText(piece);
  if (!IsSpace(piece.front())) {
    if (state_ == State::kValue || state_ == State::kFirstValue) {
      BeginValue(piece.front());
      return state_ == State::kRaw ? 0 : 1;
    }
    TakeByte(piece.front());
  }
  return 1;
}

// Returns how many bytes belong to the string that `piece` begins in, its quote at the end included, after
// which in_string_ is false.
std::size_t JsonItems::StringLength(std::string_view piece) {
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (escaped_) {
      escaped_ = false;
    } else if (piece[i] == '\\') {
      escaped_ = true;
    } else if (piece[i] == '"') {
      in_string_ = false;
      return i + 1;
    }
  }
  return piece.size();
}

std::size_t JsonItems::StepKeyText(std::string_view piece) {
  const std::size_t length = StringLength(piece);
  key_ += piece.substr(0, length);
  if (!in_string_) EndKey();
  return length;
}

// Scans a value that is kept or left out as a whole.
std::size_t JsonItems::StepRaw(std::string_view piece) {
  std::size_t at = 0;
  bool ended = false;
  while (at < piece.size() && !ended) {
    if (in_string_) {
      at += StringLength(piece.substr(at));
      ended = !in_string_ && raw_depth_ == 0;
      continue;
    }
    const char c = piece[at];
    const bool closes = c == '}' || c == ']';
    // A number or a word ends before what is not its own.
    if (raw_depth_ == 0 && (closes || c == ',' || IsSpace(c))) {
      ended = true;
      break;
    }
    ++at;
    if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      if (++raw_depth_ + frames_.size() > static_cast<std::size_t>(options_.max_depth) + path_.size() + 1)
        SetError("json is nested deeper than " + std::to_string(options_.max_depth));
    } else if (closes) {
      ended = --raw_depth_ == 0;
    }
  }
  raw_begun_ = raw_begun_ || at > 0;
  if (keep_) *out_ += piece.substr(0, at);
  if (ended && !raw_begun_) SetError("json has no value before '" + std::string(1, piece[at]) + "'");
  if (ended) EndValue();
  return at;
}

void JsonItems::TakeByte(char c) {
  const bool closes = !frames_.empty() && c == (frames_.back().object ? '}' : ']');
  switch (state_) {
    case State::kFirstKey:
    case State::kKey:
      if (c == '"') {
        key_ = c;
        in_string_ = true;
        state_ = State::kKeyText;
        return;
      }
      if (closes && state_ == State::kFirstKey) return Close(c);
      break;
    case State::kColon:
      if (c != ':') break;
      state_ = State::kValue;
      return;
    case State::kAfter:
      if (closes) return Close(c);
      if (c != ',') break;
      state_ = frames_.back().object ? State::kKey : State::kValue;
      return;
    default:
      break;
  }
  SetError("json has an unexpected '" + std::string(1, c) + "'");
}

void JsonItems::EndKey() {
  state_ = State::kColon;
  Frame& frame = frames_.back();
  const std::string name = NameOf(key_);
  const JsonFields* fields = frame.fields != nullptr ? frame.fields->Of(name) : nullptr;
  keep_ = frame.fields == nullptr || fields != nullptr;
  next_ = fields != nullptr && !fields->all() ? fields : nullptr;
  if (array_depth_ == 0 && matched_ < path_.size() && name == path_[matched_]) ++matched_;
  if (!keep_) return;
  if (std::exchange(frame.any, true)) *out_ += ',';
  *out_ += key_;
  *out_ += ':';
}

void JsonItems::BeginValue(char c) {
  if (c == ']' && state_ == State::kFirstValue) return Close(c);
  if (InArray()) {
    out_ = &item_;
    next_ = options_.fields.all() ? nullptr : &options_.fields;
  } else if (!frames_.empty() && !frames_.back().object) {
    next_ = frames_.back().fields;
    keep_ = true;
    if (std::exchange(frames_.back().any, true)) *out_ += ',';
  }
  const bool leads = array_depth_ == 0 && matched_ == frames_.size();
  if (keep_ && leads && c == '{' && matched_ < path_.size()) return Open(c, nullptr);
  if (keep_ && leads && c == '[' && matched_ == path_.size()) {
    Open(c, nullptr);
    array_depth_ = frames_.size();
    return;
  }
  if (keep_ && next_ != nullptr && (c == '{' || c == '[')) return Open(c, next_);
  state_ = State::kRaw;
  raw_begun_ = false;
}

void JsonItems::Open(char c, const JsonFields* fields) {
  *out_ += c;
  frames_.push_back({c == '{', false, fields});
  state_ = c == '{' ? State::kFirstKey : State::kFirstValue;
  if (frames_.size() > static_cast<std::size_t>(options_.max_depth) + path_.size() + 1)
    SetError("json is nested deeper than " + std::to_string(options_.max_depth));
}

void JsonItems::Close(char c) {
  if (InArray()) array_depth_ = 0;
  *out_ += c;
  frames_.pop_back();
  EndValue();
}

void JsonItems::EndValue() {
  keep_ = true;
  state_ = frames_.empty() ? State::kDone : State::kAfter;
  if (array_depth_ == 0 && !frames_.empty()) matched_ = std::min(matched_, frames_.size() - 1);
  if (InArray()) Deliver();
}

void JsonItems::Deliver() {
  CheckSize();
  if (error_) return;
  Result<Json> item = ParseJson(item_, options_.max_depth);
  item_.clear();
  out_ = &rest_;
  if (!item) return SetError("an element of the list cannot be read: " + item.error().message);
  if (!on_item_(*std::move(item))) stopped_ = true;
}

}  // namespace shared
