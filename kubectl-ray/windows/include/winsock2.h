// Winsock's own header, without what poll.h and sys/socket.h declare with an int for a descriptor.
#pragma once

#include <windows.h>

#define pollfd winsock_pollfd
#define socket winsock_socket
#include_next <winsock2.h>
#undef pollfd
#undef socket
