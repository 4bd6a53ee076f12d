// Whole outputs compared with files under tests/testdata.
#pragma once

#include <string>

// Fails the running test where `text` is not what tests/testdata/`name` holds. With UPDATE_GOLDENS=1 in the
// environment the file is written instead, for a person to read in the diff.
void CheckGolden(const std::string& name, const std::string& text);
