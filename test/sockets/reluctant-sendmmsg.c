/*
 * Preloaded into a process, makes the system take at most three datagrams at once and every other time none, as a
 * socket does whose send buffer is full; with SENDMMSG=never it takes none at all. The loopback interface never does
 * that by itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int sendmmsg(int descriptor, struct mmsghdr* messages, unsigned int count, int flags) {
  static unsigned calls = 0;
  const char* mode = getenv("SENDMMSG");
  if ((mode != NULL && strcmp(mode, "never") == 0) || ++calls % 2 == 0) {
    errno = EAGAIN;
    return -1;
  }
  return (int)syscall(SYS_sendmmsg, descriptor, messages, count < 3 ? count : 3, flags);
}
