// Windows's own header, without two macros that are words of ours.
#pragma once

#include_next <minwindef.h>
#undef near
#undef far
