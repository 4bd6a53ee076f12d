// POSIX's extended regular expressions by the C++ library's.
#include <regex.h>

#include <cstdio>
#include <regex>

namespace {

const std::regex& Expression(const regex_t* expression) {
  return *static_cast<const std::regex*>(expression->compiled);
}

}  // namespace

int regcomp(regex_t* expression, const char* text, int) {
  expression->compiled = nullptr;
  try {
    expression->compiled = new std::regex(text, std::regex::extended | std::regex::nosubs);
    return 0;
  } catch (const std::regex_error& error) {
    return 1 + static_cast<int>(error.code());
  }
}

std::size_t regerror(int code, const regex_t*, char* text, std::size_t size) {
  const std::regex_error error(static_cast<std::regex_constants::error_type>(code - 1));
  return static_cast<std::size_t>(std::snprintf(text, size, "%s", error.what())) + 1;
}

int regexec(const regex_t* expression, const char* text, std::size_t, regmatch_t*, int) {
  try {
    return std::regex_search(text, Expression(expression)) ? 0 : REG_NOMATCH;
  } catch (const std::regex_error&) {  // thrown if matching takes too long
    return REG_NOMATCH;
  }
}

void regfree(regex_t* expression) {
  delete static_cast<std::regex*>(expression->compiled);
  expression->compiled = nullptr;
}
