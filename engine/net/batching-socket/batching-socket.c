/*
 * A UDP socket that takes and sends datagrams in batches: recvmmsg and sendmmsg of Linux under Node's event loop, with
 * one call into JavaScript for each batch. `native-socket.ts` beside this file is its only user and describes each
 * function; docs/decisions/0008-batching-socket.md says why it is there and what it gives.
 *
 * Nothing but Node-API, libuv's poll and timer handles and the system's sockets, all of which keep their binary
 * interface from Node 20 on. All data passes through one block of memory that JavaScript sees as an ArrayBuffer. The
 * sizes and offsets in it are constants here; what JavaScript wrote into it is checked before it is used.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <node_api.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

/* Counted up whenever what native-socket.ts relies on changes: an old build is then not used. */
#define INTERFACE_VERSION 1

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
#define GATHER_MILLISECONDS 1
/* How long closing may wait for the system to take what is still to be sent. */
#define CLOSE_MILLISECONDS 50

/* One datagram received or to be sent: eight words. */
enum { LENGTH, PORT, SCOPE, ADDRESS, ENTRY_WORDS = 8 };
/* What the socket tells of itself. ADDRESS_SCRATCH is where parseAddress leaves scope and address. */
enum {
  FAILURES,
  LAST_FAILURE,
  WAITING,
  RECEIVE_FAILURES,
  QUEUED_BYTES,
  DROPS,
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

static const napi_type_tag socket_tag = {0x8f4b6a1c29d04e57ULL, 0xb1c7035e9a62d84fULL};

static void let_go(Socket* s) {
  if (--s->holders == 0) free(s);
}

static void throw_system_error(napi_env env, const char* call, int error) {
  int code = uv_translate_sys_error(error);
  char text[160];
  snprintf(text, sizeof text, "%s %s: %s", call, uv_err_name(code), uv_strerror(code));
  napi_throw_error(env, uv_err_name(code), text);
}

static socklen_t address_length(const Socket* s) {
  return s->family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

/* ---- sending ---- */

static void count_failure(Socket* s, int error) {
  s->shared.state[FAILURES] = (int32_t)((uint32_t)s->shared.state[FAILURES] + 1);
  s->shared.state[LAST_FAILURE] = error;
}

static void set_poll(Socket* s);

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

/* Sends what waits, in order. Returns whether nothing is left. */
static bool send_waiting(Socket* s) {
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

static void read_destination(const Socket* s, const int32_t* entry, SocketAddress* to) {
  memset(to, 0, sizeof *to);
  if (s->family == AF_INET6) {
    to->v6.sin6_family = AF_INET6;
    to->v6.sin6_port = htons((uint16_t)entry[PORT]);
    to->v6.sin6_scope_id = (uint32_t)entry[SCOPE];
    memcpy(&to->v6.sin6_addr, entry + ADDRESS, 16);
  } else {
    to->v4.sin_family = AF_INET;
    to->v4.sin_port = htons((uint16_t)entry[PORT]);
    memcpy(&to->v4.sin_addr, entry + ADDRESS, 4);
  }
}

/* Sends the first `entries` of the send table, whose bytes stand in the slab one after the other. */
static void send_entries(Socket* s, uint32_t entries) {
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
    read_destination(s, entry, &s->destinations[count]);
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

/* ---- receiving ---- */

static void write_sender(const Socket* s, const SocketAddress* from, int32_t* entry) {
  entry[SCOPE] = 0;
  if (s->family == AF_INET6) {
    entry[PORT] = ntohs(from->v6.sin6_port);
    entry[SCOPE] = (int32_t)from->v6.sin6_scope_id;
    memcpy(entry + ADDRESS, &from->v6.sin6_addr, 16);
  } else {
    entry[PORT] = ntohs(from->v4.sin_port);
    memcpy(entry + ADDRESS, &from->v4.sin_addr, 4);
  }
}

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
    write_sender(s, &s->senders[i], entry);
  }
  return (unsigned)count;
}

/* Calls into JavaScript. What it throws is an uncaught exception, as in any other callback of the event loop. */
static void deliver(Socket* s, unsigned count) {
  napi_env env = s->env;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value function, receiver, argument, result;
  if (napi_get_reference_value(env, s->deliver, &function) == napi_ok && napi_get_global(env, &receiver) == napi_ok &&
      napi_create_uint32(env, count, &argument) == napi_ok) {
    napi_status status = napi_make_callback(env, s->context, receiver, function, 1, &argument, &result);
    if (status == napi_pending_exception) {
      napi_value exception;
      if (napi_get_and_clear_last_exception(env, &exception) == napi_ok) napi_fatal_exception(env, exception);
    }
  }
  napi_close_handle_scope(env, scope);
}

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
  /* Two in one batch or in two milliseconds are load. After a full batch more is there: the next turn goes on with it. */
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
    /* libuv has stopped polling. What the socket reports is cleared by asking for it, and asked again a little later. */
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

static void set_poll(Socket* s) {
  if (s->closing) return;
  int events = (s->gathering ? 0 : UV_READABLE) | (s->first_waiting == NULL ? 0 : UV_WRITABLE);
  if (events == s->poll_events) return;
  s->poll_events = events;
  if (events == 0) uv_poll_stop(&s->poll);
  else uv_poll_start(&s->poll, events, on_poll);
}

/* ---- opening and closing ---- */

static void on_handle_closed(uv_handle_t* handle) {
  Socket* s = handle->data;
  if (--s->open_handles > 0) return;
  if (s->cleanup != NULL) napi_remove_async_cleanup_hook(s->cleanup);
  let_go(s);
}

static void close_socket(Socket* s) {
  if (s->closing) return;
  for (int waited = 0; !send_waiting(s) && waited < CLOSE_MILLISECONDS; waited += 10) {
    struct pollfd writable = {.fd = s->descriptor, .events = POLLOUT};
    poll(&writable, 1, 10);
  }
  while (s->first_waiting != NULL) {
    Waiting* first = s->first_waiting;
    s->first_waiting = first->next;
    count_failure(s, EAGAIN);
    free(first);
  }
  s->last_waiting = NULL;
  s->waiting_bytes = 0;
  s->closing = true;
  uv_poll_stop(&s->poll);
  uv_close((uv_handle_t*)&s->poll, on_handle_closed);
  uv_close((uv_handle_t*)&s->timer, on_handle_closed);
  close(s->descriptor);
  napi_delete_reference(s->env, s->deliver);
  napi_async_destroy(s->env, s->context);
}

/* The environment (a process, a worker) ends with the socket open. */
static void on_environment_end(napi_async_cleanup_hook_handle handle, void* data) {
  (void)handle;
  close_socket(data);
}

static void on_view_gone(napi_env env, void* data, void* hint) {
  (void)env;
  (void)data;
  let_go(hint);
}

static void on_name_gone(napi_env env, void* data, void* hint) {
  (void)env;
  (void)hint;
  let_go(data);
}

/* A descriptor of our own for an open socket, or a socket bound to address and port. -1 with an exception pending. */
static int open_descriptor(napi_env env, int32_t inherited, const SocketAddress* bind_to) {
  if (inherited >= 0) {
    int type = 0;
    socklen_t length = sizeof type;
    if (getsockopt(inherited, SOL_SOCKET, SO_TYPE, &type, &length) != 0) {
      throw_system_error(env, "getsockopt", errno);
      return -1;
    }
    if (type != SOCK_DGRAM) {
      napi_throw_error(env, "EINVAL", "The descriptor is no datagram socket");
      return -1;
    }
    int descriptor = fcntl(inherited, F_DUPFD_CLOEXEC, 3);
    if (descriptor < 0) throw_system_error(env, "fcntl", errno);
    return descriptor;
  }
  int descriptor = socket(bind_to->any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    throw_system_error(env, "socket", errno);
    return -1;
  }
  int only = 1;
  bool version6 = bind_to->any.sa_family == AF_INET6;
  socklen_t length = version6 ? sizeof bind_to->v6 : sizeof bind_to->v4;
  if ((version6 && setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only) != 0) ||
      bind(descriptor, &bind_to->any, length) != 0) {
    int error = errno;
    close(descriptor);
    throw_system_error(env, "bind", error);
    return -1;
  }
  return descriptor;
}

/* Scope of an interface by name or number ("eth0", "2"); 0 for none such. */
static uint32_t scope_of(const char* interface) {
  uint32_t scope = if_nametoindex(interface);
  return scope != 0 ? scope : (uint32_t)strtoul(interface, NULL, 10);
}

/* An IP address as text, IPv6 perhaps with %interface. Returns whether it is one. */
static bool parse_address(const char* text, SocketAddress* address) {
  memset(address, 0, sizeof *address);
  if (inet_pton(AF_INET, text, &address->v4.sin_addr) == 1) {
    address->v4.sin_family = AF_INET;
    return true;
  }
  char host[INET6_ADDRSTRLEN];
  const char* percent = strchr(text, '%');
  size_t length = percent == NULL ? strlen(text) : (size_t)(percent - text);
  if (length >= sizeof host) return false;
  memcpy(host, text, length);
  host[length] = '\0';
  if (inet_pton(AF_INET6, host, &address->v6.sin6_addr) != 1) return false;
  address->v6.sin6_family = AF_INET6;
  if (percent != NULL) address->v6.sin6_scope_id = scope_of(percent + 1);
  return true;
}

/* Text of at most `size` - 1 bytes from argument `value`; false when it is longer or no string. */
static bool read_text(napi_env env, napi_value value, char* text, size_t size) {
  size_t length;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok || length >= size) return false;
  return napi_get_value_string_utf8(env, value, text, size, &length) == napi_ok;
}

static napi_value name_socket(napi_env env, Socket* s) {
  napi_value result, name, memory;
  if (napi_create_object(env, &result) != napi_ok) return NULL;
  if (napi_create_external(env, s, on_name_gone, NULL, &name) != napi_ok) return NULL;
  s->holders++;
  if (napi_type_tag_object(env, name, &socket_tag) != napi_ok) return NULL;
  if (napi_create_external_arraybuffer(env, &s->shared, sizeof s->shared, on_view_gone, s, &memory) != napi_ok) {
    return NULL;
  }
  s->holders++;
  if (napi_set_named_property(env, result, "name", name) != napi_ok) return NULL;
  if (napi_set_named_property(env, result, "memory", memory) != napi_ok) return NULL;
  return result;
}

/* open(descriptor or -1, address, port, deliver) */
static napi_value open_function(napi_env env, napi_callback_info info) {
  napi_value arguments[4];
  size_t count = 4;
  int32_t inherited;
  uint32_t port;
  char text[128];
  SocketAddress address;
  napi_valuetype type;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < 4 ||
      napi_get_value_int32(env, arguments[0], &inherited) != napi_ok ||
      !read_text(env, arguments[1], text, sizeof text) || !parse_address(text, &address) ||
      napi_get_value_uint32(env, arguments[2], &port) != napi_ok || port > 65535 ||
      napi_typeof(env, arguments[3], &type) != napi_ok || type != napi_function) {
    napi_throw_type_error(env, NULL, "open(descriptor, IP address, port, function)");
    return NULL;
  }
  if (address.any.sa_family == AF_INET6) address.v6.sin6_port = htons((uint16_t)port);
  else address.v4.sin_port = htons((uint16_t)port);
  uv_loop_t* loop;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return NULL;
  int descriptor = open_descriptor(env, inherited, &address);
  if (descriptor < 0) return NULL;

  /* calloc: the large slabs stay untouched, and JavaScript sees no old memory. */
  Socket* s = calloc(1, sizeof *s);
  SocketAddress own;
  socklen_t own_length = sizeof own;
  if (s == NULL || getsockname(descriptor, &own.any, &own_length) != 0 ||
      (own.any.sa_family != AF_INET && own.any.sa_family != AF_INET6)) {
    free(s);
    close(descriptor);
    napi_throw_error(env, "EINVAL", "The descriptor is no IP socket, or there is no memory");
    return NULL;
  }
  s->env = env;
  s->descriptor = descriptor;
  s->family = own.any.sa_family;
  for (unsigned i = 0; i < RECEIVE_SLOTS; i++) {
    s->receive_vectors[i].iov_base = s->shared.receive_slab + (size_t)i * SLOT_BYTES;
    s->receive_vectors[i].iov_len = SLOT_BYTES;
    s->receive_headers[i].msg_hdr.msg_iov = &s->receive_vectors[i];
    s->receive_headers[i].msg_hdr.msg_iovlen = 1;
    s->receive_headers[i].msg_hdr.msg_name = &s->senders[i];
  }
  int failed = uv_poll_init_socket(loop, &s->poll, descriptor);
  if (failed != 0) {
    close(descriptor);
    free(s);
    throw_system_error(env, "epoll_ctl", -failed);
    return NULL;
  }
  uv_timer_init(loop, &s->timer);
  s->poll.data = s;
  s->timer.data = s;
  s->open_handles = 2;
  s->holders = 1;
  napi_value resource_name;
  napi_value result = NULL;
  if (napi_create_string_utf8(env, "UDP", NAPI_AUTO_LENGTH, &resource_name) == napi_ok &&
      napi_async_init(env, NULL, resource_name, &s->context) == napi_ok &&
      napi_create_reference(env, arguments[3], 1, &s->deliver) == napi_ok &&
      napi_add_async_cleanup_hook(env, on_environment_end, s, &s->cleanup) == napi_ok) {
    result = name_socket(env, s);
  }
  if (result == NULL) {
    close_socket(s);
    bool pending = false;
    napi_is_exception_pending(env, &pending);
    if (!pending) napi_throw_error(env, NULL, "Node refused memory that is shared with native code");
    return NULL;
  }
  set_poll(s);
  return result;
}

/* The socket named by the first argument; NULL with an exception pending where it is none. */
static Socket* read_socket(napi_env env, napi_callback_info info, napi_value* arguments, size_t expected) {
  size_t count = expected;
  bool ours = false;
  void* data = NULL;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < expected ||
      napi_check_object_type_tag(env, arguments[0], &socket_tag, &ours) != napi_ok || !ours ||
      napi_get_value_external(env, arguments[0], &data) != napi_ok) {
    bool pending = false;
    napi_is_exception_pending(env, &pending);
    if (!pending) napi_throw_type_error(env, NULL, "The first argument is the name of a socket");
    return NULL;
  }
  return data;
}

/* send(socket, entries) */
static napi_value send_function(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  uint32_t entries;
  Socket* s = read_socket(env, info, arguments, 2);
  if (s == NULL) return NULL;
  if (napi_get_value_uint32(env, arguments[1], &entries) != napi_ok || entries > SEND_ENTRIES) {
    napi_throw_range_error(env, NULL, "More entries than there are");
    return NULL;
  }
  if (!s->closing) send_entries(s, entries);
  return NULL;
}

/* parseAddress(socket, text): true, and scope and address stand in the state; false when it cannot be sent to. */
static napi_value parse_address_function(napi_env env, napi_callback_info info) {
  napi_value arguments[2], result;
  char text[128];
  SocketAddress address;
  Socket* s = read_socket(env, info, arguments, 2);
  if (s == NULL) return NULL;
  bool good = read_text(env, arguments[1], text, sizeof text) && parse_address(text, &address) &&
              address.any.sa_family == s->family;
  if (good) {
    int32_t* scratch = s->shared.state + ADDRESS_SCRATCH;
    if (s->family == AF_INET6) {
      scratch[0] = (int32_t)address.v6.sin6_scope_id;
      memcpy(scratch + 1, &address.v6.sin6_addr, 16);
    } else {
      memset(scratch, 0, 5 * sizeof *scratch);
      memcpy(scratch + 1, &address.v4.sin_addr, 4);
    }
  }
  return napi_get_boolean(env, good, &result) == napi_ok ? result : NULL;
}

/* formatAddress(socket, slot): the sender of a received datagram as text, as node:dgram writes it. */
static napi_value format_address_function(napi_env env, napi_callback_info info) {
  napi_value arguments[2], result;
  uint32_t slot;
  char text[INET6_ADDRSTRLEN + 1 + IF_NAMESIZE + 16];
  Socket* s = read_socket(env, info, arguments, 2);
  if (s == NULL) return NULL;
  if (napi_get_value_uint32(env, arguments[1], &slot) != napi_ok || slot >= RECEIVE_SLOTS) {
    napi_throw_range_error(env, NULL, "There is no such slot");
    return NULL;
  }
  const int32_t* entry = s->shared.received + slot * ENTRY_WORDS;
  if (inet_ntop(s->family, entry + ADDRESS, text, INET6_ADDRSTRLEN) == NULL) return NULL;
  uint32_t scope = (uint32_t)entry[SCOPE];
  if (s->family == AF_INET6 && scope != 0 && IN6_IS_ADDR_LINKLOCAL((const struct in6_addr*)(entry + ADDRESS))) {
    char interface[IF_NAMESIZE];
    size_t length = strlen(text);
    if (if_indextoname(scope, interface) != NULL) snprintf(text + length, sizeof text - length, "%%%s", interface);
    else snprintf(text + length, sizeof text - length, "%%%u", scope);
  }
  return napi_create_string_latin1(env, text, NAPI_AUTO_LENGTH, &result) == napi_ok ? result : NULL;
}

/* setBuffers(socket, bytes): asks the system for buffers of that size; it gives what it allows. */
static napi_value set_buffers_function(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  int32_t bytes;
  Socket* s = read_socket(env, info, arguments, 2);
  if (s == NULL) return NULL;
  if (napi_get_value_int32(env, arguments[1], &bytes) != napi_ok || bytes <= 0) {
    napi_throw_range_error(env, NULL, "Not a size");
    return NULL;
  }
  if (!s->closing && (setsockopt(s->descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) != 0 ||
                      setsockopt(s->descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes) != 0)) {
    throw_system_error(env, "setsockopt", errno);
  }
  return NULL;
}

/* measure(socket): writes the bytes in the receive queue and the datagrams dropped for want of room into the state. */
static napi_value measure_function(napi_env env, napi_callback_info info) {
  /* In the order of the kernel's SK_MEMINFO_ constants (linux/sock_diag.h). */
  enum { RECEIVE_ALLOCATED = 0, DROPPED = 8, VALUES = 9 };
  napi_value arguments[1];
  Socket* s = read_socket(env, info, arguments, 1);
  if (s == NULL || s->closing) return NULL;
  uint32_t values[VALUES] = {0};
  socklen_t length = sizeof values;
#ifdef SO_MEMINFO
  getsockopt(s->descriptor, SOL_SOCKET, SO_MEMINFO, values, &length);
#endif
  s->shared.state[QUEUED_BYTES] = (int32_t)values[RECEIVE_ALLOCATED];
  s->shared.state[DROPS] = (int32_t)values[DROPPED];
  return NULL;
}

/* close(socket): once, and from then on nothing is received or sent. */
static napi_value close_function(napi_env env, napi_callback_info info) {
  napi_value arguments[1];
  Socket* s = read_socket(env, info, arguments, 1);
  if (s != NULL) close_socket(s);
  return NULL;
}

static bool add_function(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function) == napi_ok &&
         napi_set_named_property(env, exports, name, function) == napi_ok;
}

static bool add_number(napi_env env, napi_value exports, const char* name, size_t number) {
  napi_value value;
  return napi_create_uint32(env, (uint32_t)number, &value) == napi_ok &&
         napi_set_named_property(env, exports, name, value) == napi_ok;
}

NAPI_MODULE_INIT() {
  bool good = add_number(env, exports, "interfaceVersion", INTERFACE_VERSION) &&
              add_number(env, exports, "receiveSlots", RECEIVE_SLOTS) &&
              add_number(env, exports, "slotBytes", SLOT_BYTES) &&
              add_number(env, exports, "sendEntries", SEND_ENTRIES) &&
              add_number(env, exports, "sendBytes", SEND_BYTES) &&
              add_number(env, exports, "stateOffset", offsetof(Shared, state)) &&
              add_number(env, exports, "receivedOffset", offsetof(Shared, received)) &&
              add_number(env, exports, "sendingOffset", offsetof(Shared, sending)) &&
              add_number(env, exports, "sendSlabOffset", offsetof(Shared, send_slab)) &&
              add_number(env, exports, "receiveSlabOffset", offsetof(Shared, receive_slab)) &&
              add_function(env, exports, "open", open_function) &&
              add_function(env, exports, "send", send_function) &&
              add_function(env, exports, "parseAddress", parse_address_function) &&
              add_function(env, exports, "formatAddress", format_address_function) &&
              add_function(env, exports, "setBuffers", set_buffers_function) &&
              add_function(env, exports, "measure", measure_function) &&
              add_function(env, exports, "close", close_function);
  if (!good) napi_throw_error(env, NULL, "The batching socket cannot be set up");
  return exports;
}
