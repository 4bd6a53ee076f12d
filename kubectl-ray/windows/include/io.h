// The C runtime's own, but for the inline read() that fortification brings: ours is in files.cc.
#pragma once

#include <_mingw.h>
#pragma push_macro("__MINGW_FORTIFY_LEVEL")
#undef __MINGW_FORTIFY_LEVEL
#define __MINGW_FORTIFY_LEVEL 0
#include_next <io.h>
#pragma pop_macro("__MINGW_FORTIFY_LEVEL")
