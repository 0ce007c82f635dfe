/* Sending: a batch with one system call; what the socket does not take waits in order. */
#include "batching-socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void count_failure(Socket* s, int error) {
  s->shared.state[FAILURES] = (int32_t)((uint32_t)s->shared.state[FAILURES] + 1);
  s->shared.state[LAST_FAILURE] = error;
}

/*
 * Hands `count` prepared datagrams to the system. One that is refused is counted and passed over: it must not keep back
 * the others. Returns how many are done with; less than `count` when the socket takes no more for now.
 */
static unsigned send_prepared(Socket* s, unsigned count) {
  unsigned done = 0;
  while (done < count) {
    int sent = sendmmsg(s->descriptor, s->send_headers + done, count - done, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      done += (unsigned)sent;
      continue;
    }
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    count_failure(s, sent < 0 ? errno : EIO);
    done++;
  }
  return done;
}

static void prepare(Socket* s, unsigned place, void* bytes, size_t length, SocketAddress* to) {
  s->send_vectors[place].iov_base = bytes;
  s->send_vectors[place].iov_len = length;
  struct msghdr* header = &s->send_headers[place].msg_hdr;
  memset(header, 0, sizeof *header);
  header->msg_name = to;
  header->msg_namelen = address_length(s);
  header->msg_iov = &s->send_vectors[place];
  header->msg_iovlen = 1;
}

/* Keeps a copy of a prepared datagram until the socket takes more. */
static void keep_waiting(Socket* s, unsigned place) {
  size_t length = s->send_vectors[place].iov_len;
  Waiting* waiting = NULL;
  if (s->waiting_bytes + length <= WAITING_BYTES) waiting = malloc(sizeof *waiting + length);
  if (waiting == NULL) {
    count_failure(s, EAGAIN);
    return;
  }
  waiting->next = NULL;
  waiting->to = *(SocketAddress*)s->send_headers[place].msg_hdr.msg_name;
  waiting->length = length;
  memcpy(waiting->bytes, s->send_vectors[place].iov_base, length);
  if (s->last_waiting == NULL) s->first_waiting = waiting;
  else s->last_waiting->next = waiting;
  s->last_waiting = waiting;
  /* Its bookkeeping counts too: many small ones must not get round the limit. */
  s->waiting_bytes += sizeof *waiting + length;
}

bool send_waiting(Socket* s) {
  while (s->first_waiting != NULL) {
    unsigned count = 0;
    for (Waiting* w = s->first_waiting; w != NULL && count < SEND_ENTRIES; w = w->next) {
      prepare(s, count++, w->bytes, w->length, &w->to);
    }
    unsigned done = send_prepared(s, count);
    for (unsigned i = 0; i < done; i++) {
      Waiting* first = s->first_waiting;
      s->first_waiting = first->next;
      s->waiting_bytes -= sizeof *first + first->length;
      free(first);
    }
    if (s->first_waiting == NULL) s->last_waiting = NULL;
    if (done < count) break;
  }
  s->shared.state[WAITING] = (int32_t)s->waiting_bytes;
  return s->first_waiting == NULL;
}

void drop_waiting(Socket* s) {
  while (s->first_waiting != NULL) {
    Waiting* first = s->first_waiting;
    s->first_waiting = first->next;
    count_failure(s, EAGAIN);
    free(first);
  }
  s->last_waiting = NULL;
  s->waiting_bytes = 0;
}

void send_entries(Socket* s, uint32_t entries, double now) {
  unsigned count = 0;
  size_t offset = 0;
  for (uint32_t i = 0; i < entries; i++) {
    const int32_t* entry = s->shared.sending + i * ENTRY_WORDS;
    int32_t length = entry[LENGTH];
    if (length < 0 || length > LARGEST_DATAGRAM || (size_t)length > SEND_BYTES - offset) {
      /* Where the next one begins is not known either. */
      count_failure(s, EINVAL);
      break;
    }
    read_address(s->family, entry, &s->destinations[count]);
    keep_sent(s, entry, s->shared.send_slab + offset, now);
    prepare(s, count, s->shared.send_slab + offset, (size_t)length, &s->destinations[count]);
    count++;
    offset += (size_t)length;
  }
  unsigned done = 0;
  if (s->first_waiting == NULL) done = send_prepared(s, count);
  if (done == count) return;
  for (unsigned i = done; i < count; i++) keep_waiting(s, i);
  s->shared.state[WAITING] = (int32_t)s->waiting_bytes;
  set_poll(s);
}
