// Windows's own header, without its macros that are words of ours.
#pragma once

#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include_next <windows.h>
#undef ERROR
#undef interface
#undef DELETE
#undef CreateFile
