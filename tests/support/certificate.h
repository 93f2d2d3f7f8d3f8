// A certificate that vouches for itself, for 127.0.0.1, valid now, and its key: for servers to show and for
// clients to trust.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace pk::test {

class Certificate {
 public:
  explicit Certificate(long serial = 1)
      : m_key(EVP_EC_gen("P-256"), EVP_PKEY_free), m_certificate(X509_new(), X509_free) {
    X509* const certificate = m_certificate.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME* subject = X509_get_subject_name(certificate);
    const auto* host = reinterpret_cast<const unsigned char*>("127.0.0.1");
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, host, -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_set_pubkey(certificate, m_key.get());
    X509_sign(certificate, m_key.get(), EVP_sha256());
  }

  void use_in(SSL_CTX* context) const {
    if (SSL_CTX_use_certificate(context, m_certificate.get()) != 1 ||
        SSL_CTX_use_PrivateKey(context, m_key.get()) != 1)
      throw std::runtime_error("no certificate");
  }
  X509* get() const { return m_certificate.get(); }

  void write(const std::filesystem::path& file) const {
    const File out = open(file);
    PEM_write_X509(out.get(), m_certificate.get());
  }
  // A passphrase of "" guards nothing.
  void write_key(const std::filesystem::path& file, std::string passphrase = "") const {
    const File out = open(file);
    const EVP_CIPHER* cipher = passphrase.empty() ? nullptr : EVP_aes_256_cbc();
    PEM_write_PrivateKey(out.get(), m_key.get(), cipher, nullptr, 0, nullptr,
                         cipher ? passphrase.data() : nullptr);
  }

 private:
  using File = std::unique_ptr<FILE, int (*)(FILE*)>;
  static File open(const std::filesystem::path& file) {
    File out(std::fopen(file.c_str(), "w"), std::fclose);
    if (!out) throw std::runtime_error("cannot write " + file.string());
    return out;
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> m_key;
  std::unique_ptr<X509, decltype(&X509_free)> m_certificate;
};

}  // namespace pk::test
