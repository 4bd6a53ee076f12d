// URLs (RFC 3986), as far as a client takes them apart.
#pragma once

#include <string>
#include <string_view>

namespace shared {

// Percent-encodes everything but RFC 3986's unreserved characters.
std::string UrlEncode(std::string_view text);

// Returns "host:port" of "scheme://user:password@host:port/path", as it is written there: without the user
// and the password, with the brackets of an IPv6 address. The scheme may be missing.
std::string_view HostAndPort(std::string_view url);

}  // namespace shared
