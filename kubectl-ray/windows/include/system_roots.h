#pragma once

#include <string>

// The certificate authorities that this machine trusts, as PEM; read once. Windows fetches some of those it
// knows when they are first needed by one of its own programs: these may be missing.
const std::string& SystemRoots();
