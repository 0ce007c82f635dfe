/*
 * Sends back what comes to many ports: `echo FIRST COUNT` binds COUNT even ports of 127.0.0.1 from FIRST on. The floor under
 * any relay in one thread: epoll, one recvfrom and one sendto a packet. Compiled by bench/media.ts.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

int main(int argc, char** argv) {
  if (argc < 3) return 64;
  int first = atoi(argv[1]), count = atoi(argv[2]), set = epoll_create1(0);
  for (int i = 0; i < count; i++) {
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(first + 2 * i))};
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int port = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = port}};
    if (bind(port, (struct sockaddr*)&own, sizeof own) != 0 || epoll_ctl(set, EPOLL_CTL_ADD, port, &event) != 0) {
      perror("bind");
      return 1;
    }
  }
  puts("ready");
  fflush(stdout);
  static struct epoll_event events[256];
  for (;;) {
    int ready = epoll_wait(set, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      uint8_t packet[2048];
      struct sockaddr_in from;
      socklen_t length = sizeof from;
      ssize_t bytes = recvfrom(events[i].data.fd, packet, sizeof packet, 0, (struct sockaddr*)&from, &length);
      if (bytes > 0) sendto(events[i].data.fd, packet, (size_t)bytes, 0, (struct sockaddr*)&from, length);
    }
  }
}
