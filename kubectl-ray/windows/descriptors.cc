#include "kubectl-ray/windows/descriptors.h"

#include <io.h>

#include <cerrno>

namespace windows {

HANDLE HandleOf(int fd) {
  return reinterpret_cast<HANDLE>(IsSocket(fd) ? static_cast<intptr_t>(fd) : _get_osfhandle(ToRuntime(fd)));
}

int FailWith(int error) {
  errno = error;
  return -1;
}

int ErrnoOf(DWORD error) {
  switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_NETPATH:
    case ERROR_BAD_NET_NAME:
      return ENOENT;
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION:
    case WSAEACCES:
      return EACCES;
    case ERROR_BAD_EXE_FORMAT:
      return ENOEXEC;
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA:
    case WSAESHUTDOWN:
      return EPIPE;
    case WSAEWOULDBLOCK:
      return EAGAIN;
    case WSAEINTR:
      return EINTR;
    case WSAEADDRINUSE:
      return EADDRINUSE;
    case WSAEADDRNOTAVAIL:
      return EADDRNOTAVAIL;
    case WSAEAFNOSUPPORT:
      return EAFNOSUPPORT;
    case WSAECONNRESET:
    case WSAECONNABORTED:
      return ECONNRESET;
    case WSAEMFILE:
      return EMFILE;
    default:
      return EIO;
  }
}

}  // namespace windows
