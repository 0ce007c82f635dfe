/*
 * Lays what a socket receives and sends into the memory in which messages are kept for ladders, from where they lie
 * already. engine/ladder/ring-layout.ts describes that memory; engine/ladder/message-ring.ts does the same in JavaScript,
 * in the same thread, for messages that do not come by this way.
 */
#include "batching-socket.h"

#include <stdio.h>
#include <string.h>

#define SEGMENT_BYTES (256 * 1024)
#define MOST_TEXT (16 * 1024)
/* An entry's head, and where its fields stand. */
enum { AT_KIND = 4, AT_TRANSPORT = 5, AT_LISTENER = 6, AT_ADDRESS_LENGTH = 7, AT_PORT = 8, AT_TIME = 12, AT_WHOLE = 20, ENTRY_HEAD = 24 };
enum { RECEIVED = 1, SENT = 2, UDP = 0 };

bool keep_in(Socket* s, uint8_t* memory, size_t bytes, uint32_t listener) {
  size_t segments = bytes / (SEGMENT_BYTES + 8);
  if (segments < 2 || listener > 255 || (uintptr_t)memory % sizeof(int32_t) != 0) return false;
  s->ring_head = (int32_t*)memory;
  s->ring_bytes = memory + bytes - segments * SEGMENT_BYTES;
  s->ring_segments = (uint32_t)segments;
  s->ring_listener = (uint8_t)listener;
  return true;
}

/* The segment that is filled, a new one where it has less room. The last word of the head says which it is. */
static uint32_t segment_with_room(Socket* s, size_t length) {
  int32_t* head = s->ring_head;
  int32_t* current = head + s->ring_segments * 2;
  uint32_t segment = (uint32_t)*current;
  int32_t turn = 0;
  if (segment < s->ring_segments) {
    turn = head[segment * 2];
    uint32_t used = (uint32_t)head[segment * 2 + 1];
    if (used <= SEGMENT_BYTES && length <= SEGMENT_BYTES - used) return segment;
    segment = (segment + 1) % s->ring_segments;
  } else segment = 0;
  __atomic_store_n(head + segment * 2 + 1, 0, __ATOMIC_SEQ_CST);
  __atomic_store_n(head + segment * 2, (int32_t)((uint32_t)turn + 1), __ATOMIC_SEQ_CST);
  *current = (int32_t)segment;
  return segment;
}

/* Digits of a byte of an IPv4 address. Returns where the text ends. */
static uint8_t* write_decimal(uint8_t* text, unsigned number) {
  if (number >= 100) *text++ = (uint8_t)('0' + number / 100);
  if (number >= 10) *text++ = (uint8_t)('0' + number / 10 % 10);
  *text++ = (uint8_t)('0' + number % 10);
  return text;
}

/* The address of an entry as text, at most 255 characters. Returns how many. */
static size_t write_address_text(const Socket* s, const int32_t* entry, uint8_t* text) {
  if (s->family == AF_INET) {
    const uint8_t* address = (const uint8_t*)(entry + ADDRESS);
    uint8_t* end = text;
    for (int i = 0; i < 4; i++) {
      if (i > 0) *end++ = '.';
      end = write_decimal(end, address[i]);
    }
    return (size_t)(end - text);
  }
  char formatted[256];
  if (!format_address(s->family, entry, formatted, sizeof formatted)) return 0;
  size_t length = strlen(formatted);
  memcpy(text, formatted, length);
  return length;
}

static void keep(Socket* s, uint8_t kind, const int32_t* entry, const uint8_t* bytes, double now) {
  uint8_t address[256];
  size_t address_length = write_address_text(s, entry, address);
  uint32_t whole = (uint32_t)entry[LENGTH];
  size_t text_length = whole < MOST_TEXT ? whole : MOST_TEXT;
  uint32_t length = (uint32_t)(ENTRY_HEAD + address_length + text_length);
  uint32_t segment = segment_with_room(s, length);
  int32_t* used = s->ring_head + segment * 2 + 1;
  uint8_t* at = s->ring_bytes + (size_t)segment * SEGMENT_BYTES + (uint32_t)*used;
  uint16_t port = (uint16_t)entry[PORT];
  /* The numbers are little-endian, as are all processors that Node runs on under Linux but one. */
  memcpy(at, &length, sizeof length);
  at[AT_KIND] = kind;
  at[AT_TRANSPORT] = UDP;
  at[AT_LISTENER] = s->ring_listener;
  at[AT_ADDRESS_LENGTH] = (uint8_t)address_length;
  memcpy(at + AT_PORT, &port, sizeof port);
  memcpy(at + AT_TIME, &now, sizeof now);
  memcpy(at + AT_WHOLE, &whole, sizeof whole);
  memcpy(at + ENTRY_HEAD, address, address_length);
  memcpy(at + ENTRY_HEAD + address_length, bytes, text_length);
  __atomic_store_n(used, *used + (int32_t)length, __ATOMIC_SEQ_CST);
}

void keep_received(Socket* s, double now) {
  for (unsigned slot = 0; slot < s->last_count; slot++) {
    int32_t* entry = s->shared.received + slot * ENTRY_WORDS;
    if (entry[KEPT] == 0) continue;
    entry[KEPT] = 0;
    int32_t length = entry[LENGTH];
    if (s->ring_head == NULL || length < 0 || length > SLOT_BYTES) continue;
    keep(s, RECEIVED, entry, s->shared.receive_slab + (size_t)slot * SLOT_BYTES, now);
  }
}

void keep_sent(Socket* s, const int32_t* entry, const uint8_t* bytes, double now) {
  if (s->ring_head != NULL && entry[KEPT] != 0) keep(s, SENT, entry, bytes, now);
}
