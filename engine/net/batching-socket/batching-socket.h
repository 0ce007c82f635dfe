/*
 * A UDP socket that takes and sends datagrams in batches: recvmmsg and sendmmsg of Linux under Node's event loop, with
 * one call into JavaScript for each batch. `native-socket.ts` beside this file is its only user and describes each
 * function; docs/decisions/0008-batching-socket.md says why it is there and what it gives.
 *
 * Nothing but Node-API, libuv's poll and timer handles and the system's sockets, all of which keep their binary
 * interface from Node 20 on. All data passes through one block of memory that JavaScript sees as an ArrayBuffer. The
 * sizes and offsets in it are constants here; what JavaScript wrote into it is checked before it is used.
 */
#ifndef BATCHING_SOCKET_H
#define BATCHING_SOCKET_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define NAPI_VERSION 8

#include <netinet/in.h>
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <uv.h>

/* Counted up whenever what native-socket.ts relies on changes: an old build is then not used. */
#define INTERFACE_VERSION 7

/* Datagrams taken with one recvmmsg and handed up with one call. */
#define RECEIVE_SLOTS 64
/*
 * From one slot to the next. Larger than any datagram (65 535 with headers), so that none is cut; not a power of two,
 * or the beginnings of all slots would contend for the same few lines of the processor's caches. Memory that no
 * datagram reaches is never touched and takes no room.
 */
#define SLOT_BYTES (65 * 1024)
/* Batches in one turn of the event loop; then timers and streams have their turn, however much waits here. */
#define BATCHES_A_TURN 4
/* Datagrams sent with one sendmmsg. */
#define SEND_ENTRIES 128
/* Room for their bytes: small, so that it stays in the cache; a single datagram of the largest size fits. */
#define SEND_BYTES (128 * 1024)
#define LARGEST_DATAGRAM 65507
/* What may wait for a socket that takes no more; beyond it datagrams are dropped, as the network would. */
#define WAITING_BYTES (8 * 1024 * 1024)
/*
 * Under load datagrams are left to gather for so long (milliseconds; libuv's timers know no less) before they are taken
 * together: like the interrupt moderation of a network card. One that comes alone is taken at once.
 */
#define GATHER_MILLISECONDS 2
/* How long closing may wait for the system to take what is still to be sent. */
#define CLOSE_MILLISECONDS 50

/* One datagram received or to be sent: eight words. KEPT: it is kept for ladders (keeping.c). */
enum { LENGTH, PORT, SCOPE, ADDRESS, KEPT = 7, ENTRY_WORDS = 8 };
/* What the socket tells of itself. ADDRESS_SCRATCH is where parseAddress leaves scope and address. */
enum {
  FAILURES,
  LAST_FAILURE,
  WAITING,
  RECEIVE_FAILURES,
  QUEUED_BYTES,
  DROPS,
  ROOM,
  ADDRESS_SCRATCH = 8,
  STATE_WORDS = 16
};

/* The block of memory shared with JavaScript. It goes when the socket is closed and no view of it is left. */
typedef struct {
  int32_t state[STATE_WORDS];
  int32_t received[RECEIVE_SLOTS * ENTRY_WORDS];
  int32_t sending[SEND_ENTRIES * ENTRY_WORDS];
  uint8_t send_slab[SEND_BYTES];
  uint8_t receive_slab[RECEIVE_SLOTS * SLOT_BYTES];
} Shared;

typedef union {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} SocketAddress;

/* A datagram that waits for a socket that took no more. */
typedef struct Waiting {
  struct Waiting* next;
  SocketAddress to;
  size_t length;
  uint8_t bytes[];
} Waiting;

typedef struct {
  Shared shared;
  /* Of this structure: the open socket, the ArrayBuffer over `shared`, and the value that names it in JavaScript. */
  int holders;
  int descriptor;
  sa_family_t family;
  bool closing;
  int open_handles;
  int poll_events;
  bool gathering;
  uint64_t last_batch;
  /* Slots that the last batch filled. */
  unsigned last_count;
  /* The memory of kept messages, which `ring` holds; NULL where none are kept. */
  int32_t* ring_head;
  uint8_t* ring_bytes;
  uint32_t ring_segments;
  uint8_t ring_listener;
  napi_ref ring;
  size_t waiting_bytes;
  Waiting* first_waiting;
  Waiting* last_waiting;
  napi_env env;
  napi_ref deliver;
  napi_async_context context;
  napi_async_cleanup_hook_handle cleanup;
  uv_poll_t poll;
  uv_timer_t timer;
  /* Arguments of the system calls: prepared once. */
  struct mmsghdr receive_headers[RECEIVE_SLOTS];
  struct iovec receive_vectors[RECEIVE_SLOTS];
  SocketAddress senders[RECEIVE_SLOTS];
  struct mmsghdr send_headers[SEND_ENTRIES];
  struct iovec send_vectors[SEND_ENTRIES];
  SocketAddress destinations[SEND_ENTRIES];
} Socket;

_Static_assert(SEND_BYTES >= LARGEST_DATAGRAM, "every datagram fits into an empty slab");
_Static_assert(SLOT_BYTES > 65535, "every datagram fits into a slot");

/* Marks the values that name sockets. */
static const napi_type_tag socket_tag = {0x8f4b6a1c29d04e57ULL, 0xb1c7035e9a62d84fULL};

socklen_t address_length(const Socket* s);

/* batching-socket.c */

/* The IP address that is the text of argument `value`. Returns whether it is one. */
bool read_address_argument(napi_env env, napi_value value, SocketAddress* address);
/* Add to what the module exports. */
bool add_function(napi_env env, napi_value exports, const char* name, napi_callback callback);
bool add_number(napi_env env, napi_value exports, const char* name, size_t number);

/* addresses.c */

/* An IP address as text, IPv6 perhaps with %interface. Returns whether it is one. */
bool parse_address(const char* text, SocketAddress* address);
/* Text of the address in an entry, as node:dgram writes it. Returns whether there was room. */
bool format_address(sa_family_t family, const int32_t* entry, char* text, size_t size);
/* Scope and address where JavaScript finds what it asked for: five words. */
void write_scratch(const SocketAddress* address, int32_t* scratch);
void write_address(sa_family_t family, const SocketAddress* address, int32_t* entry);
void read_address(sa_family_t family, const int32_t* entry, SocketAddress* address);

/* sending.c */

/*
 * Sends the first `entries` of the send table, whose bytes stand in the slab one after the other. `now`: milliseconds
 * since the epoch, for those that are kept.
 */
void send_entries(Socket* s, uint32_t entries, double now);
/* Sends what waits, in order. Returns whether nothing is left. */
bool send_waiting(Socket* s);
/* Gives up what waits. */
void drop_waiting(Socket* s);

/* keeping.c */

/*
 * Keeps messages in this memory from now on, which stays where it is. `listener`: what is noted of the socket. Returns
 * whether it is such memory.
 */
bool keep_in(Socket* s, uint8_t* memory, size_t bytes, uint32_t listener);
/* Keeps what is marked of the batch at hand. */
void keep_received(Socket* s, double now);
/* Keeps a datagram to be sent, if it is marked. */
void keep_sent(Socket* s, const int32_t* entry, const uint8_t* bytes, double now);

/* delivering.c */

/* Calls `deliver` with a count. What it throws is an uncaught exception, as in any other callback of the event loop. */
void call_up(napi_env env, napi_async_context context, napi_ref deliver, unsigned count);

/* receiving.c */

/* Asks the event loop for what the socket waits for now. */
void set_poll(Socket* s);

/* opening.c */

/*
 * Opens a socket and reads it from now on: a duplicate of descriptor `inherited`, or, where that is -1, one bound to
 * `address`. NULL, with an exception pending, where it cannot be had. `result` is what JavaScript gets.
 */
Socket* open_socket(napi_env env, int32_t inherited, const SocketAddress* address, napi_value on_batch,
                    napi_value* result);
/* Sends what waits, if that goes at once, and closes. Once; more often does nothing. */
void close_socket(Socket* s);
/* Binds a socket to `address`, one of IPv6 for nothing else. False, with `errno` set and it closed, where it cannot. */
bool bind_or_close(int descriptor, const SocketAddress* address);
void throw_system_error(napi_env env, const char* call, int error);

#endif
