// Commands of /bin/sh, for what is quoted for it.
#pragma once

#include <array>
#include <cstdio>
#include <string>

// Runs the command and returns its standard output.
inline std::string RunShell(const std::string& command) {
  FILE* shell = popen(command.c_str(), "r");
  std::string out;
  std::array<char, 4096> buffer;
  for (std::size_t n; (n = fread(buffer.data(), 1, buffer.size(), shell)) > 0;) out.append(buffer.data(), n);
  pclose(shell);
  return out;
}
