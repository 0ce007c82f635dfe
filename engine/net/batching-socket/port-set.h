/*
 * Many UDP ports read as one: an epoll set under Node's event loop, with one call into JavaScript for the packets of all
 * ports that have any. `native-ports.ts` beside this file is its only user and describes each function;
 * docs/decisions/0035-media-ports.md says why it is there and what it gives.
 *
 * A packet is sent from where it was received: JavaScript changes its header in place and names the place.
 */
#ifndef PORT_SET_H
#define PORT_SET_H

#include "batching-socket.h"

/* Packets handed up with one call. */
#define SET_SLOTS 256
/*
 * From one packet to the next: larger than what an Ethernet carries; 33 lines of a cache, an odd number, so that headers
 * do not contend for the same ones. Longer packets are told as empty ones.
 */
#define PACKET_BYTES 2112
/* Packets that JavaScript makes, between two calls of send. */
#define MADE_SLOTS 256
#define SET_SEND_ENTRIES 1024
/* Rounds through the ports that have packets, in one turn of the event loop; then timers and streams have their turn. */
#define SET_ROUNDS_A_TURN 2
/* Packets of one port in a round: the second look finds it empty, mostly, and no other call is needed to learn that. */
#define PACKETS_A_ROUND 2
/* Under load packets are left to gather for so long (milliseconds; libuv's timers know no less). */
#define SET_GATHER_MILLISECONDS 1
/*
 * And so long after the last packet the set is polled again. That is dear: the system looks through all ports of a set that
 * is put into another one (it was a tenth of all time while it was done after each full batch).
 */
#define SET_CALM_MILLISECONDS 30
#define MOST_PORTS 32768

/* A packet received: eight words, as in a socket's table but for the last, the port's number in the set. */
enum { PORT_NUMBER = 7 };
/* A packet to be sent: the same, and where it stands, in bytes from the beginning of the memory. */
enum { PLACE = 8, SET_SEND_WORDS = 9 };
/* In the received table: the packet has been passed on already, and is handed up for whoever listens. */
#define PASSED_ON 0x40000000
/*
 * A flow: what is known of packets that come to a port and are passed on as they are, so that nobody need be asked. Numbers
 * of JavaScript's kind; `native-ports.ts` describes them. It is on only while JavaScript touches neither stream.
 */
enum {
  /* 0: off; 1: on; 2: on, and packets are handed up as well, but for those that TAP takes. */
  FLOW_STATE,
  FROM_PORT,
  FROM_ADDRESS,
  PAYLOAD_TYPE = FROM_ADDRESS + 4,
  SSRC,
  CLOCK_RATE,
  HIGHEST,
  CYCLES,
  COUNTED,
  PACKETS,
  BYTES,
  TRANSIT,
  JITTER,
  LARGEST_JITTER,
  LAST_ARRIVAL,
  WINDOW,
  IN_WINDOW,
  MOST_IN_WINDOW,
  TARGET,
  TO_PORT,
  TO_SCOPE,
  TO_ADDRESS,
  OUT_PAYLOAD_TYPE = TO_ADDRESS + 4,
  OUT_SSRC,
  SEQUENCE_DELTA,
  TIMESTAMP_DELTA,
  OUT_SEQUENCE,
  OUT_TIMESTAMP,
  OUT_SENT,
  OUT_PACKETS,
  OUT_BYTES,
  OUT_PAYLOAD_BYTES,
  /* The recording's memory in which packets are laid at once, and on which channel; -1: none. */
  TAP,
  TAP_CHANNEL,
  FLOW_WORDS = 48
};
/* Milliseconds for which packets are counted together, to cut a flood. */
#define WINDOW_MILLISECONDS 100

/*
 * A tap: the memory of one recording (media/recording/recorder-memory.ts), in which a packet of G.711 that goes on where the
 * one before it ended is laid without asking. Words of JavaScript's kind, and a ring of stereo samples.
 */
#define MOST_TAPS 2048
#define TAP_SAMPLES 8192
enum {
  TAP_ORIGIN,
  TAP_LEFT,
  TAP_FLOOR,
  /* Not 0: nothing is kept. */
  TAP_PAUSED,
  TAP_SIDES = 8,
  TAP_WORDS = 24
};
/* Of each side, from TAP_SIDES on. */
enum { ANCHORED, LAST_TIMESTAMP, LAST_POSITION, SIDE_END, LEAST, LEAST_BEFORE, LEAST_COUNT, TAP_SIDE_WORDS = 8 };

enum { SET_FAILURES, SET_LAST_FAILURE, SET_RECEIVE_FAILURES, SET_SCRATCH = 8, SET_STATE_WORDS = 16 };

typedef struct {
  int32_t state[SET_STATE_WORDS];
  int32_t received[SET_SLOTS * ENTRY_WORDS];
  int32_t sending[SET_SEND_ENTRIES * SET_SEND_WORDS];
  uint8_t packets[SET_SLOTS * PACKET_BYTES];
  uint8_t made[MADE_SLOTS * PACKET_BYTES];
  /* By number of the port. Memory that no flow reaches is never touched and takes no room. */
  double flows[MOST_PORTS * FLOW_WORDS];
  double taps[MOST_TAPS * TAP_WORDS];
  uint8_t rings[MOST_TAPS][TAP_SAMPLES * 2];
} SetMemory;

/*
 * Passes a packet on where its port's flow knows what to do with it. The header is changed only while it is sent.
 * Returns 0 where it is not for the flow, 1 where it is done with, 2 where it is to be handed up as well.
 */
int pass_on(SetMemory* memory, double* flow, const int32_t* entry, sa_family_t from_family, uint8_t* packet,
            int descriptor, sa_family_t to_family, double now, int* error);

/*
 * Lays a packet into a recording's memory. Returns whether it did, or nothing is kept just now; else whoever records it has
 * to see it.
 */
bool lay_down(double* tap, uint8_t* ring, unsigned channel, const uint8_t* sound, size_t samples, uint32_t timestamp,
              double now);

/* Adds the functions of port sets to what the module exports. */
bool add_port_sets(napi_env env, napi_value exports);

#endif
