#pragma once

#include <string>

// Returns the certificate authorities that this machine trusts, as PEM. They are read once. Windows fetches
// some authorities only when one of its own programs first needs them, so these may be missing.
const std::string& SystemRoots();
