// The C runtime's own header, without the inline read() of fortification: our read() is in files.cc.
#pragma once

#include <_mingw.h>
#pragma push_macro("__MINGW_FORTIFY_LEVEL")
#undef __MINGW_FORTIFY_LEVEL
#define __MINGW_FORTIFY_LEVEL 0
#include_next <io.h>
#pragma pop_macro("__MINGW_FORTIFY_LEVEL")
