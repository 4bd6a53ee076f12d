#pragma once

#include_next <time.h>

#define timegm _mkgmtime
