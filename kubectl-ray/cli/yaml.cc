#include "kubectl-ray/cli/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::DumpJson;
using shared::ErrorCode;
using shared::Fail;
using shared::Json;

constexpr std::size_t kShortKeyBytes = 250;

std::string Place(std::string_view name, const YAML::Mark& mark) {
  if (mark.is_null()) return std::string(name);
  return std::string(name) + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
}

class DocumentStart : public YAML::EventHandler {
 public:
  const YAML::Mark& mark() const { return mark_; }

  void OnDocumentStart(const YAML::Mark& mark) override { mark_ = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}

 private:
  YAML::Mark mark_;
};

// YAML::LoadAll would tell documents without end where a comma stands between them.
std::optional<YAML::Mark> SecondDocument(const std::string& text) {
  std::istringstream in(text);
  YAML::Parser parser(in);
  DocumentStart start;
  if (!parser.HandleNextDocument(start) || !parser.HandleNextDocument(start)) return std::nullopt;
  return start.mark();
}

template <typename T>
bool ReadNumber(std::string_view text, T* number) {
  if (text.starts_with('+')) text.remove_prefix(1);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// YAML 1.2's core schema; from_chars would also take "nan" and "inf", which JSON has not.
Json ResolvePlain(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (text.find_first_of("0123456789") == text.npos || text.find_first_not_of("+-.0123456789eE") != text.npos)
    return text;
  std::int64_t integer = 0;
  if (ReadNumber(text, &integer)) return integer;
  double real = 0;
  if (ReadNumber(text, &real) && std::isfinite(real)) return real;
  return text;
}

class Converter {
 public:
  explicit Converter(std::string_view name) : name_(name) {}

  shared::Result<Json> Convert(const YAML::Node& node, int depth) {
    if (++nodes_ > kMaxYamlNodes) return YamlError(name_, node, "it stands for too many values");
    if (depth > kMaxYamlDepth) return YamlError(name_, node, "it is nested too deep");
    if (node.IsSequence()) return Sequence(node, depth);
    if (node.IsMap()) return Map(node, depth);
    if (!node.IsScalar()) return Json(nullptr);
    const bool plain = node.Tag() == "?" || node.Tag().empty();
    return plain ? ResolvePlain(node.Scalar()) : Json(node.Scalar());
  }

 private:
  shared::Result<Json> Sequence(const YAML::Node& node, int depth) {
    Json list = Json::array();
    for (const YAML::Node& item : node) {
      ASSIGN_OR_RETURN(Json value, Convert(item, depth + 1));
      list.push_back(std::move(value));
    }
    return list;
  }

  shared::Result<Json> Map(const YAML::Node& node, int depth) {
    Json object = Json::object();
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) return YamlError(name_, entry.first, "a key is not a scalar");
      const std::string key = entry.first.Scalar();
      if (object.contains(key))
        return YamlError(name_, entry.first, "key \"" + shared::EscapeControl(key) + "\" is there twice");
      ASSIGN_OR_RETURN(Json value, Convert(entry.second, depth + 1));
      object[key] = std::move(value);
    }
    return object;
  }

  std::string_view name_;
  std::size_t nodes_ = 0;
};

// Whether a plain scalar of this text reads back as this very string.
bool IsPlainString(const std::string& text) {
  static constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=$%()^<>;~";
  static constexpr std::string_view kFirst = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_/$(^<";
  if (text.empty() || kFirst.find(text.front()) == kFirst.npos) {
    // A quantity or version such as 500m, 2.52.0 is common and safe when it is no number.
    if (text.empty() || !(text.front() >= '0' && text.front() <= '9')) return false;
  }
  for (const char* word :
       {"yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "y", "Y", "n", "N"})
    if (text == word) return false;  // booleans of YAML 1.1, which other readers still speak
  if (text.size() > 1 && text[0] == '0') return false;  // octal, hexadecimal, dates
  if (text.find_first_not_of("0123456789.eE+-_:") == text.npos &&
      text.find_first_of("0123456789") != text.npos)
    return false;
  const std::string_view tail(text);
  for (std::size_t i = 0; i < tail.size(); ++i) {
    const char c = tail[i];
    const bool inner_colon = c == ':' && i + 1 < tail.size() && tail[i + 1] != ' ';
    const bool inner_space = c == ' ' && i + 1 < tail.size() && tail[i + 1] != ' ' && tail[i + 1] != '#';
    if (kSafe.find(c) == kSafe.npos && !inner_colon && !inner_space) return false;
  }
  return ResolvePlain(text).is_string();
}

// Whether a literal block ("|") holds exactly this text: lines, the last one ended, nothing a reader would
// fold, indent differently or not print.
bool IsLiteralBlock(const std::string& text) {
  if (text.size() < 2 || !text.ends_with('\n') || text.ends_with("\n\n")) return false;
  if (text.front() == ' ' || text.front() == '\n' || text.find(" \n") != text.npos) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= ' ' && c < 0x7f); });
}

void EmitScalar(YAML::Emitter& out, const Json& value) {
  if (value.is_null()) {
    out << YAML::Null;
    return;
  }
  if (!value.is_string()) {
    out << DumpJson(value);
    return;
  }
  std::string text = value.get<std::string>();
  if (!shared::IsUtf8(text)) text = shared::EscapeControl(text);
  if (IsPlainString(text))
    out << text;
  else if (IsLiteralBlock(text))
    out << YAML::Literal << text.substr(0, text.size() - 1);  // the emitter ends the block with a line break
  else
    out << YAML::DoubleQuoted << text;
}

void Emit(YAML::Emitter& out, const Json& value) {
  if (value.is_object()) {
    if (value.empty()) out << YAML::Flow;
    out << YAML::BeginMap;
    for (const auto& [key, member] : value.items()) {
      out << YAML::Key;
      // Readers take 1024 characters for a key that stands before its colon, and a byte may be escaped to
      // four.
      if (key.size() > kShortKeyBytes) out << YAML::LongKey;
      EmitScalar(out, Json(key));
      out << YAML::Value;
      Emit(out, member);
    }
    out << YAML::EndMap;
  } else if (value.is_array()) {
    if (value.empty()) out << YAML::Flow;
    out << YAML::BeginSeq;
    for (const Json& item : value) Emit(out, item);
    out << YAML::EndSeq;
  } else {
    EmitScalar(out, value);
  }
}

}  // namespace

shared::Unexpected<shared::Error> YamlError(std::string_view name, const YAML::Node& at,
                                            std::string_view cause, std::string hint) {
  return Fail(ErrorCode::kUsage, "cannot use " + Place(name, at.Mark()) + ": " + std::string(cause),
              std::move(hint));
}

shared::Result<YAML::Node> LoadYaml(std::string_view name, std::string_view text) {
  if (text.size() > kMaxYamlBytes)
    return Fail(ErrorCode::kUsage, "cannot read " + std::string(name) + ": it is larger than " +
                                       shared::FormatBytes(kMaxYamlBytes));
  // With a zero byte yaml-cpp takes it for UTF-16 or UTF-32.
  if (!shared::IsUtf8(text) || text.find('\0') != text.npos)
    return Fail(ErrorCode::kUsage, "cannot read " + std::string(name) + ": it is not UTF-8");
  try {
    const std::string copy(text);
    if (const std::optional<YAML::Mark> second = SecondDocument(copy))
      return Fail(ErrorCode::kUsage, "cannot read " + Place(name, *second) +
                                         ": a second document begins there, and one is all that is taken");
    return YAML::Load(copy);
  } catch (const YAML::Exception& e) {
    return Fail(ErrorCode::kUsage, "cannot read " + Place(name, e.mark) + ": " + e.msg);
  }
}

shared::Result<std::string> ReadYamlFile(const std::string& path, std::istream& standard_input) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file) return Fail(ErrorCode::kUsage, "cannot read \"" + path + "\": " + shared::ErrnoText(errno));
  }
  std::istream& in = path == "-" ? standard_input : file;
  std::string text(kMaxYamlBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return Fail(ErrorCode::kUsage, "cannot read \"" + path + "\": it is not a readable file");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

shared::Result<Json> YamlToJson(std::string_view name, const YAML::Node& node) {
  try {
    return Converter(name).Convert(node, 0);
  } catch (const YAML::Exception& e) {
    return Fail(ErrorCode::kUsage, "cannot read " + Place(name, e.mark) + ": " + e.msg);
  }
}

shared::Result<Json> ParseYaml(std::string_view name, std::string_view text) {
  ASSIGN_OR_RETURN(YAML::Node node, LoadYaml(name, text));
  return YamlToJson(name, node);
}

std::string DumpYaml(const Json& value) {
  YAML::Emitter out;
  Emit(out, value);
  return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace kubectl_ray
