// HTML pages that stand in the place of an answer: a gateway's error, a sign-in form.
#pragma once

#include <string>
#include <string_view>

namespace shared {

// Whether the text has an HTML page's first tag, in its beginning.
bool IsHtml(std::string_view body);

// The page's title, else its first words: without tags, in one line of at most about 100 bytes. Not escaped
// for a terminal. Of other texts their first words.
std::string PageWords(std::string_view body);

}  // namespace shared
