#include "kubectl-ray/kubeconfig/certificate.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::ExpiredAt;

namespace {

// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj /CN=x, its dates set by openssl
// ca.
constexpr const char* kExpired = R"(-----BEGIN CERTIFICATE-----
MIH+MIGmAgEBMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMMAXgwHhcNMjAwMTAxMDAw
MDAwWhcNMjAwMTAyMDAwMDAwWjAMMQowCAYDVQQDDAF4MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEH0qOli1g8seL0X/zpRL6Jw+1OEy1nN0aQEEASnRjWw8WjVYr
SgqJXiObQn/4GgShWWAp25oK4KrX5b0MAEJCajAKBggqhkjOPQQDAgNHADBEAiAp
zj6N2or/0uofSH1B4RlQeUI+SVG5A3dFk0M3rLS66AIgH3G9f6x6hGbotHu3PDFJ
BV5gg2qrnMQ2iKRrgA85ccM=
-----END CERTIFICATE-----
)";
constexpr const char* kValid = R"(-----BEGIN CERTIFICATE-----
MIIBAjCBqAIBAjAKBggqhkjOPQQDAjAMMQowCAYDVQQDDAF4MCAXDTIwMDEwMTAw
MDAwMFoYDzIxMjAwMTAyMDAwMDAwWjAMMQowCAYDVQQDDAF4MFkwEwYHKoZIzj0C
AQYIKoZIzj0DAQcDQgAEH0qOli1g8seL0X/zpRL6Jw+1OEy1nN0aQEEASnRjWw8W
jVYrSgqJXiObQn/4GgShWWAp25oK4KrX5b0MAEJCajAKBggqhkjOPQQDAgNJADBG
AiEAqX47N+xuFlCpVWDuopuO5S14YiT+5ShTnnzYlvvHes0CIQCBVokh5yl5VRmL
I3bN55SpWT2m4w2E8dXrunpMs2Z1/w==
-----END CERTIFICATE-----
)";

}  // namespace

TEST_CASE("a certificate past its time is told with the time") {
  CHECK(ExpiredAt(kExpired) == "2020-01-02 00:00:00 UTC");
  CHECK_FALSE(ExpiredAt(kValid));
}

TEST_CASE("what is no certificate is left to the handshake") {
  CHECK_FALSE(ExpiredAt(""));
  CHECK_FALSE(ExpiredAt("-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n"));
  CHECK_FALSE(ExpiredAt(std::string("\0\xff", 2)));
}
