#include "kubectl-ray/formats/yaml_fault.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>
#include <string_view>
#include <vector>

#include "kubectl-ray/formats/yaml_places.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

// Finds what yaml-cpp takes at the end of a document and kubectl refuses: a key without a colon, and a quote
// that is not closed.
class DocumentReader : public YAML::EventHandler {
 public:
  // `text` is what yaml-cpp reads, with all of its documents; it must outlive this.
  explicit DocumentReader(std::string_view text)
      : places_(text), mark_bytes_(text.starts_with(kMark) ? kMark.size() : 0) {}

  const YAML::Mark& start() const { return start_; }
  const std::optional<YamlFault>& fault() const { return fault_; }

  void OnDocumentStart(const YAML::Mark& mark) override { start_ = mark; }
  void OnDocumentEnd() override { CheckQuote(); }
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {
    const bool is_of_key =
        !open_.empty() && open_.back().is_block_map && open_.back().has_key && last_is_key_;
    if (is_of_key && !HasColon()) fault_ = YamlFault{last_, "there is no colon after the key"};
    Value();
  }
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override { Value(); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t, const std::string&) override {
    Value();
    last_ = mark;
    has_scalar_ = true;
    last_is_key_ = !open_.empty() && open_.back().has_key;
  }
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Value();
    open_.push_back({});
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value style) override {
    Value();
    open_.push_back({.is_map = true, .is_block_map = style == YAML::EmitterStyle::Block});
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Collection {
    bool is_map = false, is_block_map = false;
    bool has_key = false;  // and not its value yet
  };

  void Value() {
    last_is_key_ = false;
    if (!open_.empty() && open_.back().is_map) open_.back().has_key = !open_.back().has_key;
  }
  void Close() {
    last_is_key_ = false;
    if (!open_.empty()) open_.pop_back();
  }
  std::size_t LastOffset() const { return static_cast<std::size_t>(last_.pos) + mark_bytes_; }

  // Whether the last scalar, a key without a value, has a colon, or the question mark that needs none.
  bool HasColon() const {
    const std::string_view before = shared::Trim(places_.Text(0, LastOffset()));
    if (before.ends_with('?') &&
        (before.size() == 1 || shared::Trim(before.substr(before.size() - 2, 1)).empty()))
      return true;
    const std::string_view rest = places_.Text(LastOffset(), std::string_view::npos);
    for (std::size_t at = rest.find(':'); at != rest.npos; at = rest.find(':', at + 1))
      if (at + 1 == rest.size() || shared::Trim(rest.substr(at + 1, 1)).empty()) return true;
    return false;
  }

  void CheckQuote() {
    if (!has_scalar_ || fault_) return;
    std::string anchor, tag;
    const std::size_t content = places_.ReadProperties(LastOffset(), &anchor, &tag);
    const YamlTextNode::Style style = places_.ScalarStyle(content);
    const bool is_quoted =
        style == YamlTextNode::Style::kDoubleQuoted || style == YamlTextNode::Style::kSingleQuoted;
    if (is_quoted && !places_.EndOfScalar(content, style, "", nullptr))
      fault_ = YamlFault{last_, "the quote that begins there is not closed"};
  }

  static constexpr std::string_view kMark = "\xef\xbb\xbf";  // yaml-cpp skips it without counting it

  YamlPlaces places_;
  std::size_t mark_bytes_;
  YAML::Mark start_, last_;  // `last_`: of the last scalar
  bool has_scalar_ = false, last_is_key_ = false;
  std::vector<Collection> open_;
  std::optional<YamlFault> fault_;
};

}  // namespace

std::optional<YamlFault> FindYamlFault(const std::string& text) {
  std::istringstream in(text);
  YAML::Parser parser(in);
  DocumentReader reader(text);
  if (!parser.HandleNextDocument(reader) || reader.fault()) return reader.fault();
  if (!parser.HandleNextDocument(reader)) return std::nullopt;
  return YamlFault{reader.start(), "a second document begins there, and no --- stands before it"};
}

}  // namespace kubectl_ray
