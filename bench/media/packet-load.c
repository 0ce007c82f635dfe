/*
 * Sends RTP to many ports at 50 packets a second each and takes what comes back: `packet-load BASE SOCKETS SECONDS`, with
 * the ports to send to on standard input, one a line. The sockets are bound to BASE and the ports after it on 127.0.0.1;
 * port number i of the input is served by socket i modulo SOCKETS. Writes one line of JSON. Compiled by bench/media.ts.
 *
 * A packet carries which stream it is of, the moment of sending and the pause before it, so that whatever comes back says how
 * long it was under way, and how evenly.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PACKET 172
#define PERIOD 20000000LL
#define BATCH 64
#define MOST_STREAMS 20000
#define MOST_SOCKETS 64
/* Histograms in microseconds. */
#define BUCKETS 200000

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static struct {
  struct sockaddr_in to;
  int64_t due;
  uint16_t sequence;
  uint32_t timestamp;
  int64_t last_delay;
} streams[MOST_STREAMS];

static int sockets[MOST_SOCKETS];
static uint8_t bytes[MOST_SOCKETS][BATCH][PACKET], taken[BATCH][2048];
static struct mmsghdr sends[MOST_SOCKETS][BATCH], takes[BATCH];
static struct iovec send_vectors[MOST_SOCKETS][BATCH], take_vectors[BATCH];
static unsigned waiting[MOST_SOCKETS];
static uint32_t delays[BUCKETS], jitters[BUCKETS];
static uint64_t sent, received, refused;

static void count(uint32_t* histogram, int64_t value) {
  int64_t bucket = value / 1000;
  histogram[bucket < 0 ? 0 : bucket >= BUCKETS ? BUCKETS - 1 : bucket]++;
}

static int64_t at(const uint32_t* histogram, double part) {
  uint64_t total = 0, seen = 0;
  for (int i = 0; i < BUCKETS; i++) total += histogram[i];
  for (int i = 0; i < BUCKETS; i++) {
    seen += histogram[i];
    if (seen >= total * part) return i;
  }
  return 0;
}

static void flush(unsigned s) {
  unsigned done = 0;
  while (done < waiting[s]) {
    int count = sendmmsg(sockets[s], sends[s] + done, waiting[s] - done, 0);
    if (count <= 0) {
      if (errno == EINTR) continue;
      refused++;
      done++;
      continue;
    }
    sent += (uint64_t)count;
    done += (unsigned)count;
  }
  waiting[s] = 0;
}

static void queue(unsigned index, unsigned s, int64_t now) {
  unsigned place = waiting[s]++;
  uint8_t* packet = bytes[s][place];
  uint16_t sequence = htons(streams[index].sequence++);
  uint32_t timestamp = htonl(streams[index].timestamp), ssrc = htonl(index + 1);
  streams[index].timestamp += 160;
  packet[0] = 0x80;
  packet[1] = 0;
  memcpy(packet + 2, &sequence, 2);
  memcpy(packet + 4, &timestamp, 4);
  memcpy(packet + 8, &ssrc, 4);
  memcpy(packet + 12, &index, 4);
  memcpy(packet + 16, &now, 8);
  sends[s][place].msg_hdr.msg_name = &streams[index].to;
  if (waiting[s] == BATCH) flush(s);
}

static void take(unsigned s) {
  for (;;) {
    int count_taken = recvmmsg(sockets[s], takes, BATCH, MSG_DONTWAIT, NULL);
    if (count_taken <= 0) return;
    int64_t now = nanoseconds();
    for (int i = 0; i < count_taken; i++) {
      uint32_t index;
      int64_t then;
      if (takes[i].msg_len != PACKET) continue;
      memcpy(&index, taken[i] + 12, 4);
      memcpy(&then, taken[i] + 16, 8);
      if (index >= MOST_STREAMS || then <= 0) continue;
      received++;
      int64_t delay = now - then;
      count(delays, delay);
      if (streams[index].last_delay > 0) {
        int64_t change = delay - streams[index].last_delay;
        count(jitters, change < 0 ? -change : change);
      }
      streams[index].last_delay = delay;
    }
    if (count_taken < BATCH) return;
  }
}

int main(int argc, char** argv) {
  if (argc < 4) return 64;
  unsigned base = (unsigned)atoi(argv[1]), number = (unsigned)atoi(argv[2]), total = 0, port;
  double seconds = atof(argv[3]);
  if (number == 0 || number > MOST_SOCKETS) return 64;
  for (unsigned s = 0; s < number; s++) {
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(base + s))};
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int room = 16 * 1024 * 1024;
    sockets[s] = socket(AF_INET, SOCK_DGRAM, 0);
    setsockopt(sockets[s], SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (bind(sockets[s], (struct sockaddr*)&own, sizeof own) != 0) {
      perror("bind");
      return 1;
    }
    for (unsigned i = 0; i < BATCH; i++) {
      memset(bytes[s][i], 0x55, PACKET);
      send_vectors[s][i] = (struct iovec){bytes[s][i], PACKET};
      sends[s][i].msg_hdr = (struct msghdr){.msg_namelen = sizeof(struct sockaddr_in), .msg_iov = &send_vectors[s][i], .msg_iovlen = 1};
    }
  }
  for (unsigned i = 0; i < BATCH; i++) {
    take_vectors[i] = (struct iovec){taken[i], sizeof taken[i]};
    takes[i].msg_hdr = (struct msghdr){.msg_iov = &take_vectors[i], .msg_iovlen = 1};
  }
  while (total < MOST_STREAMS && scanf("%u", &port) == 1) {
    streams[total].to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    streams[total].to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    total++;
  }
  if (total == 0) return 64;
  /* Streams begin spread over one period, as calls do, and go on as an earlier run had them: no relay takes them for others. */
  int64_t begin = (nanoseconds() / PERIOD + 1) * PERIOD, end = begin + (int64_t)(seconds * 1e9);
  for (unsigned i = 0; i < total; i++) {
    streams[i].due = begin + PERIOD * i / total;
    streams[i].sequence = (uint16_t)(begin / PERIOD);
    streams[i].timestamp = (uint32_t)(begin / PERIOD * 160);
  }
  unsigned next = 0;
  for (;;) {
    int64_t now = nanoseconds();
    if (now >= end) break;
    for (unsigned n = 0; n < total && streams[next].due <= now; n++) {
      queue(next, next % number, now);
      streams[next].due += PERIOD;
      next = (next + 1) % total;
    }
    for (unsigned s = 0; s < number; s++) flush(s);
    for (unsigned s = 0; s < number; s++) take(s);
    struct timespec rest = {0, 200000};
    nanosleep(&rest, NULL);
  }
  struct timespec rest = {0, 200000000};
  nanosleep(&rest, NULL);
  for (unsigned s = 0; s < number; s++) take(s);
  printf("{\"sent\":%llu,\"received\":%llu,\"refused\":%llu,\"delayMedian\":%lld,\"delayP99\":%lld,\"jitterP99\":%lld}\n",
         (unsigned long long)sent, (unsigned long long)received, (unsigned long long)refused, (long long)at(delays, 0.5),
         (long long)at(delays, 0.99), (long long)at(jitters, 0.99));
  return 0;
}
