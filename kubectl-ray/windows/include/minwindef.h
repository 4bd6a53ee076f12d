// Windows's own, with two words left to us.
#pragma once

#include_next <minwindef.h>
#undef near
#undef far
