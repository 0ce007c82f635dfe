/* Packets that are passed on without asking: the same as media/session does in JavaScript, for the plainest of them. */
#include "port-set.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* As in media/rtp/received-stream.ts: RFC 3550 A.1, MAX_DROPOUT. */
#define MOST_AHEAD 3000
#define HEADER_BYTES 12

static uint16_t read16(const uint8_t* bytes) {
  return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static uint32_t read32(const uint8_t* bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void write32(uint8_t* bytes, uint32_t value) {
  value = htonl(value);
  memcpy(bytes, &value, sizeof value);
}

static bool is_peer(const double* flow, const int32_t* entry, sa_family_t family) {
  if (entry[PORT] != flow[FROM_PORT] || entry[ADDRESS] != flow[FROM_ADDRESS]) return false;
  return family == AF_INET || (entry[ADDRESS + 1] == flow[FROM_ADDRESS + 1] &&
                               entry[ADDRESS + 2] == flow[FROM_ADDRESS + 2] &&
                               entry[ADDRESS + 3] == flow[FROM_ADDRESS + 3]);
}

/* RFC 3550 A.8. */
static void measure(double* flow, uint32_t timestamp, double now) {
  double units = now * flow[CLOCK_RATE] / 1000 + 0.5;
  int32_t transit = (int32_t)((uint32_t)(int64_t)units - timestamp);
  int32_t difference = (int32_t)((uint32_t)transit - (uint32_t)(int32_t)flow[TRANSIT]);
  double change = difference < 0 ? -(double)difference : (double)difference;
  if (change < flow[CLOCK_RATE]) {
    flow[JITTER] += (change - flow[JITTER]) / 16;
    if (flow[JITTER] > flow[LARGEST_JITTER]) flow[LARGEST_JITTER] = flow[JITTER];
  }
  flow[TRANSIT] = transit;
  flow[LAST_ARRIVAL] = now;
}

/* Whether a flood has used up what may come in a while. */
static bool is_too_much(double* flow, double now) {
  if (now - flow[WINDOW] >= WINDOW_MILLISECONDS) {
    flow[WINDOW] = now;
    flow[IN_WINDOW] = 0;
  }
  if (flow[IN_WINDOW] >= flow[MOST_IN_WINDOW]) return true;
  flow[IN_WINDOW]++;
  return false;
}

static socklen_t read_destination(const double* flow, sa_family_t family, SocketAddress* to) {
  int32_t words[ENTRY_WORDS] = {0};
  words[PORT] = (int32_t)flow[TO_PORT];
  words[SCOPE] = (int32_t)flow[TO_SCOPE];
  for (int i = 0; i < 4; i++) words[ADDRESS + i] = (int32_t)flow[TO_ADDRESS + i];
  read_address(family, words, to);
  return family == AF_INET6 ? sizeof to->v6 : sizeof to->v4;
}

/* Whether a recording has been given the packet. */
static bool is_laid_down(SetMemory* memory, const double* flow, const uint8_t* packet, size_t length,
                         uint32_t timestamp, double now) {
  double number = flow[TAP], channel = flow[TAP_CHANNEL];
  if (!(number >= 0 && number < MOST_TAPS && (channel == 0 || channel == 1))) return false;
  size_t tap = (size_t)number;
  return lay_down(memory->taps + tap * TAP_WORDS, memory->rings[tap], (unsigned)channel, packet + HEADER_BYTES,
                  length - HEADER_BYTES, timestamp, now);
}

int pass_on(SetMemory* memory, double* flow, const int32_t* entry, sa_family_t from_family, uint8_t* packet,
            int descriptor, sa_family_t to_family, double now, int* error) {
  size_t length = (size_t)entry[LENGTH];
  /* No padding, no extension, no contributing sources: the payload stands behind twelve bytes. */
  if (length <= HEADER_BYTES || packet[0] != 0x80 || (packet[1] & 0x7f) != flow[PAYLOAD_TYPE]) return 0;
  if (!is_peer(flow, entry, from_family) || read32(packet + 8) != flow[SSRC]) return 0;
  uint16_t sequence = read16(packet + 2);
  uint16_t ahead = (uint16_t)(sequence - (uint16_t)flow[HIGHEST]);
  if (ahead == 0 || ahead >= MOST_AHEAD || is_too_much(flow, now)) return 0;
  uint32_t timestamp = read32(packet + 4);
  if (sequence < flow[HIGHEST]) flow[CYCLES] += 0x10000;
  flow[HIGHEST] = sequence;
  flow[COUNTED]++;
  flow[PACKETS]++;
  flow[BYTES] += (double)length;
  measure(flow, timestamp, now);

  uint8_t header[HEADER_BYTES];
  memcpy(header, packet, HEADER_BYTES);
  uint16_t out = (uint16_t)(sequence + (uint16_t)flow[SEQUENCE_DELTA]);
  uint32_t out_timestamp = timestamp + (uint32_t)(int64_t)flow[TIMESTAMP_DELTA];
  packet[1] = (uint8_t)((packet[1] & 0x80) | (uint8_t)flow[OUT_PAYLOAD_TYPE]);
  packet[2] = (uint8_t)(out >> 8);
  packet[3] = (uint8_t)out;
  write32(packet + 4, out_timestamp);
  write32(packet + 8, (uint32_t)flow[OUT_SSRC]);
  SocketAddress to;
  socklen_t to_length = read_destination(flow, to_family, &to);
  ssize_t sent;
  do {
    sent = sendto(descriptor, packet, length, MSG_DONTWAIT | MSG_NOSIGNAL, &to.any, to_length);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) *error = errno;
  flow[OUT_SEQUENCE] = out;
  flow[OUT_TIMESTAMP] = out_timestamp;
  flow[OUT_SENT] = now;
  flow[OUT_PACKETS]++;
  flow[OUT_BYTES] += (double)length;
  flow[OUT_PAYLOAD_BYTES] += (double)(length - HEADER_BYTES);
  if (flow[FLOW_STATE] != 2 || is_laid_down(memory, flow, packet, length, timestamp, now)) return 1;
  memcpy(packet, header, HEADER_BYTES);
  return 2;
}
