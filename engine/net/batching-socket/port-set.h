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
/* Batches in one turn of the event loop; then timers and streams have their turn. */
#define SET_BATCHES_A_TURN 4
/* Under load packets are left to gather for so long (milliseconds; libuv's timers know no less). */
#define SET_GATHER_MILLISECONDS 1
#define MOST_PORTS 65536

/* A packet received: eight words, as in a socket's table but for the last, the port's number in the set. */
enum { PORT_NUMBER = 7 };
/* A packet to be sent: the same, and where it stands, in bytes from the beginning of the memory. */
enum { PLACE = 8, SET_SEND_WORDS = 9 };
enum { SET_FAILURES, SET_LAST_FAILURE, SET_RECEIVE_FAILURES, SET_SCRATCH = 8, SET_STATE_WORDS = 16 };

typedef struct {
  int32_t state[SET_STATE_WORDS];
  int32_t received[SET_SLOTS * ENTRY_WORDS];
  int32_t sending[SET_SEND_ENTRIES * SET_SEND_WORDS];
  uint8_t packets[SET_SLOTS * PACKET_BYTES];
  uint8_t made[MADE_SLOTS * PACKET_BYTES];
} SetMemory;

/* Adds the functions of port sets to what the module exports. */
bool add_port_sets(napi_env env, napi_value exports);

#endif
