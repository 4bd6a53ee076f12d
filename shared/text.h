// Text from elsewhere, made fit for a terminal or a message.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shared {

// Shows what a terminal would obey: control characters but tab and newline become \xNN (escape sequences,
// DEL, the C1 set in UTF-8), bytes that are not UTF-8 become \xNN too. Never changes other text.
std::string EscapeControl(std::string_view text);

// Whether all of it is UTF-8 (RFC 3629: no surrogates, nothing overlong).
bool IsUtf8(std::string_view text);

// The candidate nearest to `word` by edit distance, where it is near enough to be meant (a third of the
// length), or empty: for "did you mean".
std::string NearestName(std::string_view word, const std::vector<std::string>& candidates);

// `did you mean "x"?` as a sentence for a hint, or empty.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates);

// The text without white space around it.
std::string_view Trim(std::string_view text);

// The text up to its first newline.
std::string_view FirstLine(std::string_view text);

// Appends what of `more` fits into `limit` bytes of text in all, and drops the rest.
void AppendUpTo(std::string* text, std::string_view more, std::size_t limit);

// The text with a small first letter, as messages begin, except where that is the first of an abbreviation
// ("TLS alert").
std::string Uncapitalized(std::string text);

// What an errno means: "no such file or directory".
std::string ErrnoText(int error_number);

// "1.5 MiB", "900 B".
std::string FormatBytes(unsigned long long bytes);

}  // namespace shared
