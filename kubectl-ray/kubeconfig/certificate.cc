#include "kubectl-ray/kubeconfig/certificate.h"

#include <mbedtls/x509_crt.h>

#include <cstdio>

namespace kubectl_ray {

std::optional<std::string> ExpiredAt(const std::string& pem) {
  mbedtls_x509_crt certificate;
  mbedtls_x509_crt_init(&certificate);
  // mbedTLS wants the final NUL of a PEM text counted.
  const int result = mbedtls_x509_crt_parse(&certificate, reinterpret_cast<const unsigned char*>(pem.c_str()),
                                            pem.size() + 1);
  std::optional<std::string> expired;
  if (result == 0 && mbedtls_x509_time_is_past(&certificate.valid_to) != 0) {
    const mbedtls_x509_time& t = certificate.valid_to;
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d UTC", t.year, t.mon, t.day, t.hour, t.min,
                  t.sec);
    expired = text;
  }
  mbedtls_x509_crt_free(&certificate);
  return expired;
}

}  // namespace kubectl_ray
