#include "kubectl-ray/session/listen_addresses.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "shared/split.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

constexpr const char* kAny4 = "0.0.0.0";
constexpr const char* kAny6 = "::";
constexpr const char* kLoopback4 = "127.0.0.1";
constexpr const char* kLoopback6 = "::1";

// Returns the address as the system writes it, or an empty string if it is none.
std::string Canonical(const std::string& text) {
  in6_addr address = {};
  std::array<char, INET6_ADDRSTRLEN> written = {};
  for (const int family : {AF_INET, AF_INET6})
    if (inet_pton(family, text.c_str(), &address) == 1)
      return inet_ntop(family, &address, written.data(), written.size()) != nullptr ? written.data() : "";
  return "";
}

bool IsV6(const std::string& address) { return address.find(':') != address.npos; }

bool Has(const std::vector<std::string>& addresses, const char* wanted) {
  return std::find(addresses.begin(), addresses.end(), wanted) != addresses.end();
}

void Add(std::vector<std::string>* addresses, const std::string& address) {
  if (!Has(*addresses, address.c_str())) addresses->push_back(address);
}

}  // namespace

shared::Result<std::vector<std::string>> ParseListenAddresses(const std::vector<std::string>& values) {
  std::vector<std::string> addresses;
  for (const std::string& value : values.empty() ? std::vector<std::string>{"localhost"} : values)
    for (const std::string_view part : shared::Split(value, ',')) {
      const std::string text(shared::Trim(part));
      if (text == "localhost") {
        Add(&addresses, kLoopback4);
        Add(&addresses, kLoopback6);
      } else if (const std::string address = Canonical(text); !address.empty()) {
        Add(&addresses, address);
      } else {
        return shared::Fail(shared::ErrorCode::kUsage, "--address \"" + text + "\" is not a valid IP address",
                            "Give addresses of this machine, or localhost.");
      }
    }
  const bool any4 = Has(addresses, kAny4), any6 = Has(addresses, kAny6);
  std::erase_if(addresses, [&](const std::string& address) {
    return IsV6(address) ? any6 && address != kAny6 : any4 && address != kAny4;
  });
  return addresses;
}

std::vector<std::string> OpenToOthers(const std::vector<std::string>& addresses) {
  std::vector<std::string> open;
  for (const std::string& address : addresses)
    if (!address.starts_with("127.") && address != kLoopback6) open.push_back(address);
  return open;
}

std::string UrlHost(const std::vector<std::string>& addresses) {
  for (const char* local : {kLoopback4, kLoopback6, kAny4, kAny6})
    if (Has(addresses, local)) return "localhost";
  const std::string& first = addresses.front();
  return IsV6(first) ? "[" + first + "]" : first;
}

}  // namespace kubectl_ray
