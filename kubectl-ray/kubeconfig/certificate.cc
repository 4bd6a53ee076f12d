#include "kubectl-ray/kubeconfig/certificate.h"

#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include <cstdio>
#include <string_view>

#include "shared/base64.h"

namespace kubectl_ray {
namespace {

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----", kEnd = "-----END CERTIFICATE-----";

// A critical extension that mbedTLS does not know.
struct UnknownExtension {
  std::string oid;  // empty if there is none
};

int NoteExtension(void* user, const mbedtls_x509_crt*, const mbedtls_x509_buf* oid, int critical,
                  const unsigned char*, const unsigned char*) {
  char text[64] = "";
  if (critical != 0 && mbedtls_oid_get_numeric_string(text, sizeof text, oid) > 0)
    static_cast<UnknownExtension*>(user)->oid = text;
  return 0;
}

// RFC 5280, 4.2.1.
std::string ExtensionName(const std::string& oid) {
  if (oid == "2.5.29.30") return "nameConstraints";
  if (oid == "2.5.29.36") return "policyConstraints";
  if (oid == "2.5.29.54") return "inhibitAnyPolicy";
  return oid;
}

// Returns why mbedTLS does not accept one certificate, which is in DER.
std::string WhyRefused(const std::string& der, int error) {
  const int kind = -(-error & 0xff80);  // without the lower layer's part (mbedtls/error.h)
  if (kind == MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG || kind == MBEDTLS_ERR_PK_UNKNOWN_PK_ALG)
    return "its key or signature is of a kind that this program's TLS library does not take (Ed25519)";
  mbedtls_x509_crt certificate;
  mbedtls_x509_crt_init(&certificate);
  UnknownExtension unknown;
  mbedtls_x509_crt_parse_der_with_ext_cb(&certificate, reinterpret_cast<const unsigned char*>(der.data()),
                                         der.size(), 1, NoteExtension, &unknown);
  mbedtls_x509_crt_free(&certificate);
  if (unknown.oid.empty()) return "";
  return "it has the critical extension " + ExtensionName(unknown.oid) +
         ", which this program's TLS library does not take";
}

}  // namespace

std::string WhyUnusable(const std::string& pem) {
  std::string why;
  for (std::size_t begin = pem.find(kBegin); begin != pem.npos; begin = pem.find(kBegin, begin + 1)) {
    const std::size_t text = begin + kBegin.size();
    const std::size_t end = pem.find(kEnd, text);
    const auto der = end == pem.npos ? std::nullopt : shared::Base64Decode(pem.substr(text, end - text));
    if (!der) continue;
    mbedtls_x509_crt certificate;
    mbedtls_x509_crt_init(&certificate);
    const int error = mbedtls_x509_crt_parse_der(
        &certificate, reinterpret_cast<const unsigned char*>(der->data()), der->size());
    mbedtls_x509_crt_free(&certificate);
    if (error == 0) return "";
    if (why.empty()) why = WhyRefused(*der, error);
  }
  return why;
}

std::optional<std::string> ExpiredAt(const std::string& pem) {
  mbedtls_x509_crt certificate;
  mbedtls_x509_crt_init(&certificate);
  // mbedTLS counts the final NUL of a PEM text as a part of it.
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
