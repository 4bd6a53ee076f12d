// The words that both sides of SPDY's header compression know from the start.
#pragma once

#include <string_view>

namespace shared {

// Returns zlib's preset dictionary of SPDY/3 and SPDY/3.1: names and values that headers often have, each
// after its length. Source: SPDY Protocol, draft 3.1, 2.6.10.1.
std::string_view SpdyDictionary();

}  // namespace shared
