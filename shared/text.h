// Makes text from elsewhere fit for a terminal or a message.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shared {

// Escapes what a terminal would obey: control characters but tab and newline become \xNN (escape sequences,
// DEL, the C1 set in UTF-8), and so do bytes that are not UTF-8. Never changes other text.
std::string EscapeControl(std::string_view text);

// Whether all of the text is UTF-8 (RFC 3629: no surrogates, nothing overlong).
bool IsUtf8(std::string_view text);

// Returns the candidate nearest to `word` by edit distance, if it is near enough to be meant (a third of the
// length), else an empty text.
std::string NearestName(std::string_view word, const std::vector<std::string>& candidates);

// Returns `Did you mean "x"?` for a hint, or an empty text.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates);

// Returns the text without white space around it.
std::string_view Trim(std::string_view text);

// Returns the text up to its first newline.
std::string_view FirstLine(std::string_view text);

// Appends as much of `more` as fits into `limit` bytes of text in all, and drops the rest.
void AppendUpTo(std::string* text, std::string_view more, std::size_t limit);

// Returns the words with the separator between them.
std::string Joined(const std::vector<std::string>& words, std::string_view separator = ", ");

// Returns "1 pod", "2 pods". The noun has a regular plural.
std::string Counted(std::int64_t count, std::string_view noun);

// Returns the text with a small first letter, as messages begin, unless that letter begins an abbreviation
// ("TLS alert").
std::string Uncapitalized(std::string text);

// Returns the meaning of an errno: "no such file or directory".
std::string ErrnoText(int error_number);

// Returns "1.5 MiB" or "900 B".
std::string FormatBytes(unsigned long long bytes);

}  // namespace shared
