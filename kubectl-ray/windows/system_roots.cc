#include <system_roots.h>
#include <winsock2.h>
//
#include <wincrypt.h>

namespace {

std::string ToPem(const CERT_CONTEXT& certificate) {
  std::string pem;
  DWORD size = 0;
  auto convert = [&] {
    return CryptBinaryToStringA(certificate.pbCertEncoded, certificate.cbCertEncoded,
                                CRYPT_STRING_BASE64HEADER, pem.empty() ? nullptr : pem.data(), &size) != 0;
  };
  if (!convert()) return "";
  pem.resize(size);
  if (!convert()) return "";
  pem.resize(size);  // without the final NUL
  return pem;
}

}  // namespace

const std::string& SystemRoots() {
  static const std::string roots = [] {
    std::string all;
    const HCERTSTORE store = CertOpenSystemStoreW(0, L"ROOT");
    if (store == nullptr) return all;
    PCCERT_CONTEXT certificate = nullptr;
    while ((certificate = CertEnumCertificatesInStore(store, certificate)) != nullptr)
      all += ToPem(*certificate);
    CertCloseStore(store, 0);
    return all;
  }();
  return roots;
}
