#include <cstddef>

// libc++abi spells out the type of what was thrown and not caught, the last words of a broken program, by a
// parser of names that is 35 KB in a program of zig's. It takes this function instead, and prints the type as
// it is named in the file.
#ifdef _LIBCPP_VERSION
extern "C" char* __cxa_demangle(const char* /*name*/, char* /*buffer*/, std::size_t* /*size*/,
                                int* /*status*/) {
  return nullptr;
}
#endif
