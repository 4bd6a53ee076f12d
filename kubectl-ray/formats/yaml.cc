#include "kubectl-ray/formats/yaml.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <limits>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "kubectl-ray/formats/yaml_documents.h"
#include "kubectl-ray/formats/yaml_fault.h"
#include "shared/base64.h"
#include "shared/shortest_number.h"
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

struct LoadedDocument {
  std::size_t line;
  YAML::Node node;
};

// Returns all documents with content. Throws what yaml-cpp throws.
shared::Result<std::vector<LoadedDocument>> LoadDocuments(std::string_view name, std::string_view text) {
  std::vector<LoadedDocument> loaded;
  for (const YamlDocumentText& document : SplitYamlDocuments(text)) {
    const std::string padded = std::string(document.line, '\n') +
                               std::string(document.text);  // so that the marks have the right lines
    if (const std::optional<YamlFault> fault = FindYamlFault(padded))
      return Fail(ErrorCode::kUsage, "cannot read " + Place(name, fault->mark) + ": " + fault->cause);
    YAML::Node node = YAML::Load(padded);
    if (node.IsNull()) continue;
    loaded.push_back({document.line, node});
    if (loaded.size() > kMaxYamlDocuments)
      return Fail(ErrorCode::kUsage, "cannot read " + std::string(name) + ": it has more than " +
                                         std::to_string(kMaxYamlDocuments) + " documents");
  }
  return loaded;
}

struct LineBreak {
  std::string_view bytes;
  const char* escape;
};

// They end a line for kubectl (YAML 1.1), and with it a comment; for yaml-cpp they do not.
constexpr LineBreak kLineBreaks[] = {{"\xc2\x85", "\\N"}, {"\xe2\x80\xa8", "\\L"}, {"\xe2\x80\xa9", "\\P"}};

// One that is in the text, or nullptr.
const LineBreak* FindLineBreak(std::string_view text) {
  const auto found =
      std::find_if(std::begin(kLineBreaks), std::end(kLineBreaks),
                   [text](const LineBreak& line) { return text.find(line.bytes) != text.npos; });
  return found == std::end(kLineBreaks) ? nullptr : found;
}

// In JSON they are characters like others.
shared::Status CheckLineBreaks(std::string_view name, std::string_view text) {
  const LineBreak* found = shared::Trim(text).starts_with('{') ? nullptr : FindLineBreak(text);
  if (found == nullptr) return shared::Ok();
  const std::string_view before = text.substr(0, text.find(found->bytes));
  return Fail(ErrorCode::kUsage,
              "cannot read " + std::string(name) + ":" +
                  std::to_string(1 + std::count(before.begin(), before.end(), '\n')) +
                  ": there is a line break of Unicode in it",
              "In double quotes it is written " + std::string(found->escape) + ".");
}

shared::Status CheckText(std::string_view name, std::string_view text) {
  if (text.size() > kMaxYamlBytes)
    return Fail(ErrorCode::kUsage, "cannot read " + std::string(name) + ": it is larger than " +
                                       shared::FormatBytes(kMaxYamlBytes));
  // yaml-cpp takes a text with a zero byte for UTF-16 or UTF-32.
  if (!shared::IsUtf8(text) || text.find('\0') != text.npos)
    return Fail(ErrorCode::kUsage, "cannot read " + std::string(name) + ": it is not UTF-8");
  return CheckLineBreaks(name, text);
}

// yaml-cpp makes one byte, which is no UTF-8, of the escapes \_ and \N. All else of a scalar is UTF-8.
std::string WithWholeCharacters(std::string text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == 0xa0 || byte == 0x85) text.insert(at, 1, '\xc2');
    at += byte < 0xc0 ? (byte < 0x80 ? 1 : 2) : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  }
  return text;
}

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// Parses as Go's ParseInt and ParseUint do with base 0: 10, 010, 0o10, 0x10, 0b10.
std::optional<Json> ReadInteger(std::string_view text) {
  const bool negative = text.starts_with('-');
  const bool has_sign = negative || text.starts_with('+');
  if (has_sign) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    base = IsOneOf(text.substr(1, 1), {"x", "X"}) ? 16 : IsOneOf(text.substr(1, 1), {"b", "B"}) ? 2 : 8;
    text.remove_prefix(base != 8 || IsOneOf(text.substr(1, 1), {"o", "O"}) ? 2 : 1);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || text.empty() || end != text.data() + text.size()) return std::nullopt;
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (negative)
    return value <= kMax + 1 ? std::optional<Json>(static_cast<std::int64_t>(0 - value)) : std::nullopt;
  if (value <= kMax) return Json(static_cast<std::int64_t>(value));
  return has_sign ? std::nullopt : std::optional<Json>(value);
}

// Matches [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool IsDecimal(std::string_view text) {
  const auto skip_digits = [&] {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(digits);
    return digits > 0;
  };
  const auto skip_one_of = [&](std::string_view characters) {
    if (text.empty() || characters.find(text.front()) == text.npos) return false;
    text.remove_prefix(1);
    return true;
  };
  skip_one_of("-+");
  const bool whole = skip_digits();
  const bool part = skip_one_of(".") && skip_digits();
  if (!whole && !part) return false;
  if (!skip_one_of("eE")) return text.empty();
  skip_one_of("-+");
  return skip_digits() && text.empty();
}

// Returns what an unquoted scalar means in Go's yaml.v2 (its resolve.go); infinities and NaN are doubles.
Json ResolvePlain(const std::string& text) {
  if (IsOneOf(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (IsOneOf(text, {"true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"})) return true;
  if (IsOneOf(text, {"false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF"}))
    return false;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (IsOneOf(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) return kInfinity;
  if (IsOneOf(text, {"-.inf", "-.Inf", "-.INF"})) return -kInfinity;
  if (IsOneOf(text, {".nan", ".NaN", ".NAN"})) return std::numeric_limits<double>::quiet_NaN();
  if (std::string_view("+-.0123456789").find(text.front()) == std::string_view::npos) return text;
  std::string plain = text;
  std::erase(plain, '_');
  if (std::optional<Json> integer = ReadInteger(plain)) return *std::move(integer);
  if (!IsDecimal(plain)) return text;
  const double real = std::strtod(plain.c_str(), nullptr);
  return std::isfinite(real) ? Json(real) : Json(text);
}

// Go writes a whole number to JSON without a point, so it is read as an integer.
Json WholeAsInteger(Json value) {
  constexpr double kLimit = 9.2e18;  // within int64
  if (!value.is_number_float()) return value;
  const double real = value.get<double>();
  return std::trunc(real) == real && std::abs(real) < kLimit ? Json(static_cast<std::int64_t>(real)) : value;
}

// Returns a number as a key: strconv.FormatFloat(value, 'g', -1, 32) in sigs.k8s.io/yaml.
std::string FormatKey(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::abs(value) > static_cast<double>(std::numeric_limits<float>::max()))
    return value > 0 ? ".inf" : "-.inf";
  const std::string text = shared::ShortestNumber(static_cast<float>(value));
  const std::size_t e = std::min(text.find('e'), text.size());
  const int exponent = e < text.size() ? std::atoi(text.c_str() + e + 1) : 0;
  std::string digits = text.substr(0, e);
  std::erase(digits, '.');
  const bool negative = digits.starts_with('-');
  if (negative) digits.erase(0, 1);
  const int count = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 6) return text;
  std::string plain;
  if (exponent < 0)
    plain = "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  else if (exponent + 1 >= count)
    plain = digits + std::string(static_cast<std::size_t>(exponent + 1 - count), '0');
  else
    plain = digits.substr(0, static_cast<std::size_t>(exponent) + 1) + "." +
            digits.substr(static_cast<std::size_t>(exponent) + 1);
  return (negative ? "-" : "") + plain;
}

class Converter {
 public:
  explicit Converter(std::string_view name) : name_(name) {}

  shared::Result<Json> Convert(const YAML::Node& node, int depth) {
    if (++nodes_ > kMaxYamlNodes) return YamlError(name_, node, "it stands for too many values");
    if (depth > kMaxYamlDepth) return YamlError(name_, node, "it is nested too deep");
    if (node.IsSequence()) return Sequence(node, depth);
    if (node.IsMap()) return Map(node, depth);
    ASSIGN_OR_RETURN(Json value, Scalar(node));
    if (value.is_number_float() && !std::isfinite(value.get<double>()))
      return YamlError(name_, node, shared::EscapeControl(node.Scalar()) + " is no number in JSON");
    return WholeAsInteger(std::move(value));
  }

 private:
  shared::Result<Json> Scalar(const YAML::Node& node) {
    if (!node.IsScalar()) return Json(nullptr);
    const std::string& tag = node.Tag();
    const std::string text = WithWholeCharacters(node.Scalar());
    if (tag == "?" || tag.empty()) return ResolvePlain(text);
    constexpr std::string_view kCore = "tag:yaml.org,2002:";
    const std::string kind = tag.starts_with(kCore) ? tag.substr(kCore.size()) : "str";
    if (kind == "binary") {
      std::optional<std::string> bytes = shared::Base64Decode(text);
      if (!bytes || !shared::IsUtf8(*bytes))
        return YamlError(name_, node, "its !!binary is no text in base64");
      return Json(*std::move(bytes));
    }
    if (!IsOneOf(kind, {"int", "float", "bool", "null"})) return Json(text);
    Json value = ResolvePlain(text);
    const bool fits = kind == "int"     ? value.is_number_integer()
                      : kind == "float" ? value.is_number()
                      : kind == "bool"  ? value.is_boolean()
                                        : value.is_null();
    if (!fits) return YamlError(name_, node, "\"" + shared::EscapeControl(text) + "\" is no !!" + kind);
    return value;
  }

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
    std::set<std::string> own;
    for (const auto& entry : node) {
      if (IsMerge(entry.first)) {
        TRY(Merge(entry.second, depth, &object));
        continue;
      }
      ASSIGN_OR_RETURN(const std::string key, Key(entry.first));
      if (!own.insert(key).second)
        return YamlError(name_, entry.first, "key \"" + shared::EscapeControl(key) + "\" is there twice");
      ASSIGN_OR_RETURN(Json value, Convert(entry.second, depth + 1));
      object[key] = std::move(value);
    }
    return object;
  }

  static bool IsMerge(const YAML::Node& key) {
    return key.IsScalar() && key.Scalar() == "<<" &&
           (key.Tag() == "?" || key.Tag().empty() || key.Tag() == "tag:yaml.org,2002:merge");
  }

  // Of several maps the first one wins. The merge overrides members before it, as in yaml.v2.
  shared::Status Merge(const YAML::Node& from, int depth, Json* object) {
    const std::string cause = "what << names is neither a map nor a list of maps";
    if (from.IsMap()) {
      ASSIGN_OR_RETURN(const Json map, Convert(from, depth + 1));
      object->update(map);
      return shared::Ok();
    }
    if (!from.IsSequence()) return YamlError(name_, from, cause);
    for (std::size_t i = from.size(); i-- > 0;) {
      const YAML::Node item = from[i];
      if (!item.IsMap()) return YamlError(name_, item, cause);
      TRY(Merge(item, depth + 1, object));
    }
    return shared::Ok();
  }

  shared::Result<std::string> Key(const YAML::Node& node) {
    if (!node.IsScalar() && !node.IsNull()) return YamlError(name_, node, "a key is not a scalar");
    ASSIGN_OR_RETURN(const Json key, Scalar(node));
    if (key.is_string()) return key.get<std::string>();
    if (key.is_boolean()) return std::string(key.get<bool>() ? "true" : "false");
    if (key.is_number_float()) return FormatKey(key.get<double>());
    const bool too_large =  // for Go's int
        key.is_number_unsigned() &&
        key.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (key.is_null() || too_large)
      return YamlError(name_, node, key.is_null() ? "a key is null" : "a key is too large a number");
    return std::to_string(key.get<std::int64_t>());
  }

  std::string_view name_;
  std::size_t nodes_ = 0;
};

// Returns whether a plain scalar of this text is read as exactly this string.
bool IsPlainString(const std::string& text) {
  static constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=$%()^<>;~";
  static constexpr std::string_view kFirst = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_/$(^<";
  if (text.empty() || kFirst.find(text.front()) == kFirst.npos) {
    // A quantity or version such as 500m or 2.52.0 is common, and safe if it is not a number.
    if (text.empty() || !(text.front() >= '0' && text.front() <= '9')) return false;
  }
  for (const char* word :
       {"yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "y", "Y", "n", "N"})
    if (text == word) return false;  // booleans of YAML 1.1, which other readers still have
  if (text == "<<") return false;    // a merge
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

// Returns whether a literal block ("|") can hold exactly this text: all lines are ended, and nothing in it
// would be folded, indented differently or unprintable.
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
  else if (FindLineBreak(text) != nullptr)
    out << YAML::EscapeNonAscii << YAML::DoubleQuoted << text;
  else
    out << YAML::DoubleQuoted << text;
}

void Emit(YAML::Emitter& out, const Json& value) {
  if (value.is_object()) {
    if (value.empty()) out << YAML::Flow;
    out << YAML::BeginMap;
    for (const auto& [key, member] : value.items()) {
      out << YAML::Key;
      // Readers accept at most 1024 characters for a key before its colon, and a byte may be escaped to four.
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
  TRY(CheckText(name, text));
  try {
    ASSIGN_OR_RETURN(const std::vector<LoadedDocument> documents, LoadDocuments(name, text));
    if (documents.empty()) return YAML::Node();
    if (documents.size() == 1) return documents[0].node;
    return Fail(ErrorCode::kUsage, "cannot read " + std::string(name) + ":" +
                                       std::to_string(documents[1].line + 1) +
                                       ":1: a second document begins there, and one is all that is taken");
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

shared::Result<std::vector<Json>> ParseYamlDocuments(std::string_view name, std::string_view text) {
  TRY(CheckText(name, text));
  std::vector<Json> values;
  try {
    ASSIGN_OR_RETURN(const std::vector<LoadedDocument> documents, LoadDocuments(name, text));
    for (const LoadedDocument& document : documents) {
      ASSIGN_OR_RETURN(Json value, YamlToJson(name, document.node));
      values.push_back(std::move(value));
    }
  } catch (const YAML::Exception& e) {
    return Fail(ErrorCode::kUsage, "cannot read " + Place(name, e.mark) + ": " + e.msg);
  }
  return values;
}

std::string DumpYaml(const Json& value) {
  YAML::Emitter out;
  Emit(out, value);
  return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace kubectl_ray
