/* Receiving: batches, the call into JavaScript, and when to look for the next one. */
#include "batching-socket.h"

#include <errno.h>

/* Takes a batch into the slots. Returns how many datagrams. */
static unsigned receive_batch(Socket* s) {
  for (unsigned i = 0; i < RECEIVE_SLOTS; i++) {
    s->receive_headers[i].msg_hdr.msg_namelen = sizeof(SocketAddress);
    s->receive_headers[i].msg_hdr.msg_flags = 0;
  }
  int count;
  do {
    count = recvmmsg(s->descriptor, s->receive_headers, RECEIVE_SLOTS, MSG_DONTWAIT, NULL);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) {
    if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK) s->shared.state[RECEIVE_FAILURES]++;
    return 0;
  }
  for (int i = 0; i < count; i++) {
    int32_t* entry = s->shared.received + i * ENTRY_WORDS;
    const struct mmsghdr* header = &s->receive_headers[i];
    bool whole = (header->msg_hdr.msg_flags & MSG_TRUNC) == 0 && header->msg_hdr.msg_namelen == address_length(s);
    entry[LENGTH] = whole ? (int32_t)header->msg_len : 0;
    entry[KEPT] = 0;
    write_address(s->family, &s->senders[i], entry);
  }
  s->last_count = (unsigned)count;
  return s->last_count;
}

static void deliver(Socket* s, unsigned count) { call_up(s->env, s->context, s->deliver, count); }

static void on_timer(uv_timer_t* timer);

/* Takes and hands up what is there, and decides how to learn of what comes next. */
static void receive(Socket* s) {
  unsigned total = 0;
  unsigned count = 0;
  for (int batch = 0; batch < BATCHES_A_TURN; batch++) {
    count = receive_batch(s);
    if (count == 0) break;
    total += count;
    deliver(s, count);
    if (s->closing) return;
    if (count < RECEIVE_SLOTS) break;
  }
  uint64_t now = uv_now(s->timer.loop);
  /* Two in one batch or in two milliseconds are load. After a full batch more is there: the next turn takes it. */
  bool load = total > 1 || (total > 0 && now - s->last_batch <= GATHER_MILLISECONDS);
  if (total > 0) s->last_batch = now;
  s->gathering = load && count < RECEIVE_SLOTS;
  if (s->gathering) uv_timer_start(&s->timer, on_timer, GATHER_MILLISECONDS, 0);
  set_poll(s);
}

static void on_timer(uv_timer_t* timer) {
  receive(timer->data);
}

static void on_poll(uv_poll_t* poll, int status, int events) {
  Socket* s = poll->data;
  if (status < 0) {
    /* libuv has stopped polling. What the socket reports is cleared by asking for it; a little later we try again. */
    int error;
    socklen_t length = sizeof error;
    getsockopt(s->descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
    s->shared.state[RECEIVE_FAILURES]++;
    s->poll_events = 0;
    s->gathering = true;
    uv_timer_start(&s->timer, on_timer, GATHER_MILLISECONDS, 0);
    return;
  }
  if ((events & UV_WRITABLE) != 0 && send_waiting(s)) set_poll(s);
  if ((events & UV_READABLE) != 0 && !s->gathering) receive(s);
}

void set_poll(Socket* s) {
  if (s->closing) return;
  int events = (s->gathering ? 0 : UV_READABLE) | (s->first_waiting == NULL ? 0 : UV_WRITABLE);
  if (events == s->poll_events) return;
  s->poll_events = events;
  if (events == 0) uv_poll_stop(&s->poll);
  else uv_poll_start(&s->poll, events, on_poll);
}
