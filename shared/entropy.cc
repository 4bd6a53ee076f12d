// Random bytes for mbedTLS in the static programs. With musl, mbedTLS's own source knows only /dev/urandom,
// which an empty root does not have; this function takes that source's place in the link. With other C
// libraries mbedTLS asks the kernel, too.
#if defined(__linux__) && !defined(__GLIBC__)
#include <mbedtls/entropy.h>
#include <sys/random.h>

#include <cerrno>
#include <cstddef>

// Declared in mbedTLS's library/entropy_poll.h: fills `output` with up to `size` bytes, and sets *written to
// how many.
extern "C" int mbedtls_platform_entropy_poll(void* /*data*/, unsigned char* output, std::size_t size,
                                             std::size_t* written) {
  ssize_t got = 0;
  do got = getrandom(output, size, 0);
  while (got < 0 && errno == EINTR);
  *written = got < 0 ? 0 : static_cast<std::size_t>(got);
  return got < 0 ? MBEDTLS_ERR_ENTROPY_SOURCE_FAILED : 0;
}
#endif
