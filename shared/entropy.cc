// Random bytes for mbedTLS in the static programs. With musl its own source knows /dev/urandom alone, which
// an empty root has not; this one takes that source's place in the link. Elsewhere mbedTLS asks the kernel,
// too.
#if defined(__linux__) && !defined(__GLIBC__)
#include <mbedtls/entropy.h>
#include <sys/random.h>

#include <cerrno>
#include <cstddef>

// As mbedTLS's library/entropy_poll.h has it: fills `output` with up to `size` bytes, and says how many.
extern "C" int mbedtls_platform_entropy_poll(void* /*data*/, unsigned char* output, std::size_t size,
                                             std::size_t* written) {
  ssize_t got = 0;
  do got = getrandom(output, size, 0);
  while (got < 0 && errno == EINTR);
  *written = got < 0 ? 0 : static_cast<std::size_t>(got);
  return got < 0 ? MBEDTLS_ERR_ENTROPY_SOURCE_FAILED : 0;
}
#endif
