// Compares whole outputs with files under tests/testdata.
#pragma once

#include <string>

// Fails the running test if `text` is not what tests/testdata/`name` has. With UPDATE_GOLDENS=1 in the
// environment (`tests/run goldens`) it writes the file instead, for a person to read in the diff.
void CheckGolden(const std::string& name, const std::string& text);
