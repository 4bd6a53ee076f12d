// HTML pages that come instead of an answer: a gateway's error, a sign-in form.
#pragma once

#include <string>
#include <string_view>

namespace shared {

// Whether the text begins with an HTML page's first tag.
bool IsHtml(std::string_view body);

// Returns the page's title, else its first words, without tags, in one line of at most about 100 bytes; of
// other texts their first words. Not escaped for a terminal.
std::string PageWords(std::string_view body);

}  // namespace shared
