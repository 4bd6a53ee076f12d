#include "ray-init-agent/own_certificate.h"

#include <arpa/inet.h>
#include <mbedtls/x509_crt.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace ray_init_agent {
namespace {

// Returns the address as a certificate holds it: 4 or 16 bytes, or nothing if the text is no address.
std::string ToBytes(const std::string& address) {
  std::array<char, 16> bytes;
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
  return "";
}

class Certificate {
 public:
  explicit Certificate(std::string_view pem) {
    mbedtls_x509_crt_init(&crt_);
    const std::string terminated(pem);
    valid_ = mbedtls_x509_crt_parse(&crt_, reinterpret_cast<const unsigned char*>(terminated.c_str()),
                                    terminated.size() + 1) >= 0 &&
             crt_.raw.p != nullptr;
  }
  ~Certificate() { mbedtls_x509_crt_free(&crt_); }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  bool valid() const { return valid_; }

  bool Names(std::string_view address) const {
    for (const mbedtls_x509_sequence* entry = &crt_.subject_alt_names; entry != nullptr;
         entry = entry->next) {
      mbedtls_x509_subject_alternative_name name;
      if (entry->buf.p == nullptr || mbedtls_x509_parse_subject_alt_name(&entry->buf, &name) != 0) continue;
      const mbedtls_x509_buf& bytes = name.san.unstructured_name;
      const bool found = name.type == MBEDTLS_X509_SAN_IP_ADDRESS && bytes.len == address.size() &&
                         std::memcmp(bytes.p, address.data(), bytes.len) == 0;
      mbedtls_x509_free_subject_alt_name(&name);
      if (found) return true;
    }
    return false;
  }

 private:
  mbedtls_x509_crt crt_;
  bool valid_ = false;
};

template <typename Address>
std::string AddressTowards(const Address& target, int family) {
  const int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return "";
  Address own = {};
  socklen_t size = sizeof own;
  std::array<char, INET6_ADDRSTRLEN> text = {};
  if (connect(fd, reinterpret_cast<const sockaddr*>(&target), sizeof target) == 0 &&
      getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) == 0) {
    if constexpr (std::is_same_v<Address, sockaddr_in>) {
      inet_ntop(family, &own.sin_addr, text.data(), text.size());
    } else {
      inet_ntop(family, &own.sin6_addr, text.data(), text.size());
    }
  }
  close(fd);
  return text.data();
}

}  // namespace

shared::Result<bool> CertificateNamesAddress(std::string_view pem, const std::string& address) {
  const Certificate certificate(pem);
  if (!certificate.valid())
    return shared::Fail(shared::ErrorCode::kInternal, "there is no certificate in it");
  const std::string bytes = ToBytes(address);
  return !bytes.empty() && certificate.Names(bytes);
}

// Ray finds its address in the same way (services.get_node_ip_address), towards the same public name servers.
std::string OwnAddress() {
  sockaddr_in v4 = {};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(80);
  inet_pton(AF_INET, "8.8.8.8", &v4.sin_addr);
  if (std::string address = AddressTowards(v4, AF_INET); !address.empty()) return address;
  sockaddr_in6 v6 = {};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(80);
  inet_pton(AF_INET6, "2001:4860:4860::8888", &v6.sin6_addr);
  return AddressTowards(v6, AF_INET6);
}

}  // namespace ray_init_agent
