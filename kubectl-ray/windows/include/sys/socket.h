// Winsock's sockets with an int for a descriptor, and with errno.
#pragma once

#include <winsock2.h>
#include <ws2tcpip.h>

#include <cstddef>

#define MSG_NOSIGNAL 0

#define AF_UNIX 1

// Connects the two over the loopback, whatever the family.
int socketpair(int family, int type, int protocol, int fds[2]);
int socket(int family, int type, int protocol);
int accept(int fd, sockaddr* address, socklen_t* size);
int bind(int fd, const sockaddr* address, socklen_t size);
int listen(int fd, int backlog);
int setsockopt(int fd, int level, int name, const int* value, socklen_t size);
int shutdown(int fd, int how);
ssize_t send(int fd, const char* data, std::size_t size, int flags);
ssize_t recv(int fd, char* data, std::size_t size, int flags);

#ifndef SHUT_RD
#define SHUT_RD SD_RECEIVE
#define SHUT_WR SD_SEND
#define SHUT_RDWR SD_BOTH
#endif
