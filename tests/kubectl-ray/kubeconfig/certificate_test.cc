#include "kubectl-ray/kubeconfig/certificate.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::ExpiredAt;
using kubectl_ray::WhyUnusable;

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

// openssl req -x509 -addext 'nameConstraints=critical,permitted;DNS:.test'
constexpr const char* kNameConstraints = R"(-----BEGIN CERTIFICATE-----
MIIBizCCATCgAwIBAgIUUUM3wbiLAAA2nLtRCe2px0JMy9owCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCbmMwIBcNMjYxMTI5MDcyOTQ2WhgPMjEyNjExMDUwNzI5NDZa
MA0xCzAJBgNVBAMMAm5jMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENPd0Jsa8
aLgh2LZYdJoWZ9ttr/jwk2lYvI7OmbwZJb21N7FjP8XkxaHLkmoG1YbnhfD6lVrN
0E8CBE9xnCD0L6NsMGowHQYDVR0OBBYEFHJySVTCf8QKXSJMuQS8FXnbBPO5MB8G
A1UdIwQYMBaAFHJySVTCf8QKXSJMuQS8FXnbBPO5MA8GA1UdEwEB/wQFMAMBAf8w
FwYDVR0eAQH/BA0wC6AJMAeCBS50ZXN0MAoGCCqGSM49BAMCA0kAMEYCIQCUFteZ
upuYi9jnEFIYLnHOf5T421yB9p/ClJQc0DVeZwIhAP7KCjfMzuLXNcMeL7DEHaRv
cCnoZmY71Pl3HpmMTITJ
-----END CERTIFICATE-----
)";
// openssl req -x509 -addext 'policyConstraints=critical,requireExplicitPolicy:0'
constexpr const char* kPolicyConstraints = R"(-----BEGIN CERTIFICATE-----
MIIBgjCCASigAwIBAgIUbtunyiRaYBDukmBrGFIN7dvNCz4wCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCcGMwIBcNMjYxMTI5MDcyOTQ2WhgPMjEyNjExMDUwNzI5NDZa
MA0xCzAJBgNVBAMMAnBjMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvbYzMRAw
jE9rwsPPE7ay45PgNn0FPCmUB2Pw/cRkb1fgdI+M0WikbYp/taY90j/qUXrh9+RO
nlEXNzaubICEE6NkMGIwHQYDVR0OBBYEFJoSrB6U57lYVO9BrdebcRLyIvGGMB8G
A1UdIwQYMBaAFJoSrB6U57lYVO9BrdebcRLyIvGGMA8GA1UdEwEB/wQFMAMBAf8w
DwYDVR0kAQH/BAUwA4ABADAKBggqhkjOPQQDAgNIADBFAiAkmnk9x0Qc9DMTEdQv
MxcTewzTb84TlxdMYb1eDHeoJQIhAL1YDjbtaTNS6WKWGnk3qbV0XoUBnGZHS9xj
YZMBpGJF
-----END CERTIFICATE-----
)";
// openssl req -x509 -newkey ed25519
constexpr const char* kEd25519 = R"(-----BEGIN CERTIFICATE-----
MIIBMDCB46ADAgECAhQClLULj5DXlCOTraJmL3Tbb24aoDAFBgMrZXAwDTELMAkG
A1UEAwwCZWQwIBcNMjYxMTI5MDcyOTQ2WhgPMjEyNjExMDUwNzI5NDZaMA0xCzAJ
BgNVBAMMAmVkMCowBQYDK2VwAyEAF9ZUBrmhD3IZNWvMGZheyOdD0LnAAkqzJE6x
CogVS+6jUzBRMB0GA1UdDgQWBBS4yRNW5ujsb6jXwjePwz1P1x+f1jAfBgNVHSME
GDAWgBS4yRNW5ujsb6jXwjePwz1P1x+f1jAPBgNVHRMBAf8EBTADAQH/MAUGAytl
cANBABTMgMKoviXFsF976E/zl4P5pb3J2I+nW0F0KhozFwrWQV+tTO72i+inYF/8
D7Y7IuWc53vxIPmR7BvqLafbcgc=
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

// Go takes all of them (Mbed-TLS/mbedtls#8759).
TEST_CASE("what the TLS library does not take is named") {
  const std::pair<std::string, std::string> rows[] = {
      {kNameConstraints, "the critical extension nameConstraints"},
      {kPolicyConstraints, "the critical extension policyConstraints"},
      {kEd25519, "(Ed25519)"},
      {std::string(kEd25519) + kNameConstraints, "(Ed25519)"},
  };
  for (const auto& [pem, why] : rows) CHECK(WhyUnusable(pem).find(why) != std::string::npos);
  for (const std::string& pem :
       {std::string(), std::string(kValid), std::string(kNameConstraints) + kValid, std::string("no PEM"),
        std::string("-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n"),
        std::string("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"),
        std::string("-----BEGIN CERTIFICATE-----"), std::string(kNameConstraints).substr(0, 300)}) {
    INFO(pem);
    CHECK(WhyUnusable(pem).empty());
  }
}
