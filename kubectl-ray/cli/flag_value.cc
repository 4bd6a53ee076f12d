#include "kubectl-ray/cli/flag_value.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Result;

shared::Unexpected<shared::Error> MustBe(const std::string& flag, const std::string& what,
                                         const std::string& text) {
  return shared::Fail(shared::ErrorCode::kUsage, flag + " must be " + what + ", not \"" + text + "\"");
}

Result<std::string> ReadBoolean(const std::string& flag, const std::string& text) {
  for (const char* word : {"1", "t", "T", "true", "TRUE", "True"})
    if (text == word) return std::string("true");
  for (const char* word : {"0", "f", "F", "false", "FALSE", "False"})
    if (text == word) return std::string("false");
  return MustBe(flag, "true or false", text);
}

// The base that Go reads `digits` in, without a sign; its mark is cut off.
int CutBase(std::string_view* digits) {
  if (digits->size() < 2 || digits->front() != '0') return 10;
  const int mark = std::tolower(static_cast<unsigned char>((*digits)[1]));
  const int base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
  digits->remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  return base;
}

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int letter = std::tolower(static_cast<unsigned char>(c));
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : 16;
}

enum class Reading { kNumber, kNoNumber, kTooLarge };

// The whole number of `text` as strconv.ParseInt(text, 0, 64) reads it.
Reading ReadInteger(std::string_view text, long long* number) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  // A '_' stands between digits, or between the base and a digit.
  const bool marked = text.size() > 1 && text.front() == '0';
  const int base = CutBase(&text);
  bool may_separate = marked;
  if (text.empty() || text.ends_with('_')) return Reading::kNoNumber;
  unsigned long long value = 0;
  const unsigned long long limit = (1ULL << 63) - (negative ? 0 : 1);
  bool too_large = false;
  for (const char c : text) {
    if (c == '_' && may_separate) {
      may_separate = false;
      continue;
    }
    if (DigitOf(c) >= base) return Reading::kNoNumber;
    may_separate = true;
    const auto digit = static_cast<unsigned long long>(DigitOf(c));
    too_large = too_large || value > (limit - digit) / static_cast<unsigned long long>(base);
    if (!too_large) value = value * static_cast<unsigned long long>(base) + digit;
  }
  if (too_large) return Reading::kTooLarge;
  *number = negative ? static_cast<long long>(0 - value) : static_cast<long long>(value);
  return Reading::kNumber;
}

Result<std::string> ReadWholeNumber(const std::string& flag, const std::string& text) {
  long long number = 0;
  switch (ReadInteger(text, &number)) {
    case Reading::kNumber:
      return std::to_string(number);
    case Reading::kNoNumber:
      return MustBe(flag, "a whole number", text);
    case Reading::kTooLarge:
      break;
  }
  return MustBe(flag, "a number within its range", text);
}

Result<std::string> ReadNumber(const std::string& flag, const std::string& text) {
  const bool begins = !text.empty() && std::isspace(static_cast<unsigned char>(text.front())) == 0;
  char* end = nullptr;
  errno = 0;
  const double number = begins ? std::strtod(text.c_str(), &end) : 0;
  if (!begins || end != text.c_str() + text.size()) return MustBe(flag, "a number", text);
  if (errno == ERANGE || number - number != 0)  // nobody means "inf" and "nan", which Go takes
    return MustBe(flag, "a number within its range", text);
  return text;
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

bool TakesNextWord(const CLI::Option& option) { return option.get_items_expected_max() != 0; }

bool ValueIsOptional(const CLI::Option& option) {
  // CLI11 writes --dry-run{client} for a flag that means --dry-run=client.
  return option.get_name(false, true).find('{') != std::string::npos;
}

bool IsList(const CLI::Option& option) {
  return option.get_expected_max() >= CLI::detail::expected_max_vector_size;
}

Result<std::string> ReadFlagValue(const CLI::Option& option, const std::string& flag,
                                  const std::string& text) {
  if (ValueIsOptional(option)) {
    if (text.empty())
      return shared::Fail(shared::ErrorCode::kUsage, "\"" + flag + "=\" has no value after the =");
    return text;
  }
  if (!TakesNextWord(option)) return ReadBoolean(flag, text);
  const std::string type = option.get_type_name();
  if (type.starts_with("INT")) return ReadWholeNumber(flag, text);
  if (type.starts_with("FLOAT")) return ReadNumber(flag, text);
  return text;
}

CLI::Validator AtLeastZero() {
  return CLI::Validator(
      [](std::string& text) -> std::string {
        return text.starts_with('-') ? "must be 0 or more, not " + text : "";
      },
      "AT LEAST 0");
}

CLI::Validator OneOf(std::vector<std::string> values) {
  std::string all, known;
  for (std::size_t i = 0; i < values.size(); ++i) {
    all += (i == 0 ? "" : ",") + values[i];
    known += (i == 0 ? "" : i + 1 < values.size() ? ", " : " or ") + values[i];
  }
  return CLI::Validator(
      [values = std::move(values), known](std::string& text) -> std::string {
        const std::string lower = Lower(text);
        if (std::find(values.begin(), values.end(), lower) == values.end())
          return "must be " + known + ", not \"" + text + "\"";
        text = lower;
        return "";
      },
      "{" + all + "}");
}

}  // namespace kubectl_ray
