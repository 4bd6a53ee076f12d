#pragma once

#include <cstddef>

#define REG_EXTENDED 1
#define REG_NOSUB 8
#define REG_NOMATCH 1

struct regex_t {
  void* compiled;
};
struct regmatch_t;

// Compiles extended expressions without subexpressions, whatever the flags.
int regcomp(regex_t* expression, const char* text, int flags);
std::size_t regerror(int code, const regex_t* expression, char* text, std::size_t size);
int regexec(const regex_t* expression, const char* text, std::size_t, regmatch_t*, int);
void regfree(regex_t* expression);
