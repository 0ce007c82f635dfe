/* Many ports read as one. */
#include "port-set.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
  /* -1: not in use. */
  int descriptor;
  sa_family_t family;
  /* It may have more packets, and is among those that are looked at in the next round. */
  bool waiting;
} Port;

typedef struct {
  SetMemory memory;
  /* Of this structure: the open set, the ArrayBuffer over `memory`, and the value that names it in JavaScript. */
  int holders;
  int epoll;
  bool closing;
  bool gathering;
  bool polling;
  int open_handles;
  uint64_t last_batch;
  Port* ports;
  uint32_t port_count;
  /* Milliseconds of the clock that JavaScript reads, at the batch at hand; and what it reads less than ours. */
  double now;
  double clock_offset;
  napi_env env;
  napi_ref deliver;
  napi_async_context context;
  napi_async_cleanup_hook_handle cleanup;
  uv_poll_t poll;
  uv_timer_t timer;
  struct epoll_event events[SET_SLOTS];
  uint32_t waiting[SET_SLOTS];
  int waiting_count;
} PortSet;

static const napi_type_tag set_tag = {0x3ad1b86f07c94e22ULL, 0x9b52e1f4406d7c13ULL};

static void let_go(PortSet* s) {
  if (--s->holders > 0) return;
  free(s->ports);
  munmap(s, sizeof *s);
}

static void count_failure(PortSet* s, int error) {
  s->memory.state[SET_FAILURES] = (int32_t)((uint32_t)s->memory.state[SET_FAILURES] + 1);
  s->memory.state[SET_LAST_FAILURE] = error;
}

typedef enum { EMPTY, DONE, HANDED_UP } Taken;

/* Takes one packet of a port into a slot: there was none, it is done with, or JavaScript is to be told of it. */
static Taken receive_packet(PortSet* s, uint32_t number, unsigned slot) {
  Port* port = &s->ports[number];
  if (port->descriptor < 0) return EMPTY;
  SocketAddress from;
  socklen_t length = sizeof from;
  uint8_t* packet = s->memory.packets + slot * PACKET_BYTES;
  ssize_t bytes = recvfrom(port->descriptor, packet, PACKET_BYTES, MSG_DONTWAIT | MSG_TRUNC, &from.any, &length);
  if (bytes < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK) return EMPTY;
    if (errno != EINTR) s->memory.state[SET_RECEIVE_FAILURES]++;
    return DONE;
  }
  int32_t* entry = s->memory.received + slot * ENTRY_WORDS;
  entry[LENGTH] = bytes > PACKET_BYTES ? 0 : (int32_t)bytes;
  write_address(port->family, &from, entry);
  entry[PORT_NUMBER] = (int32_t)number;
  double* flow = s->memory.flows + (size_t)number * FLOW_WORDS;
  if (flow[FLOW_STATE] == 0) return HANDED_UP;
  uint32_t target = (uint32_t)flow[TARGET];
  if (target >= s->port_count || s->ports[target].descriptor < 0) return HANDED_UP;
  int error = 0;
  int done = pass_on(&s->memory, flow, entry, port->family, packet, s->ports[target].descriptor,
                     s->ports[target].family, s->now, &error);
  if (error != 0) count_failure(s, error);
  if (done == 2) entry[PORT_NUMBER] |= PASSED_ON;
  return done == 1 ? DONE : HANDED_UP;
}

static void deliver(PortSet* s, unsigned count) { call_up(s->env, s->context, s->deliver, count); }

static void on_timer(uv_timer_t* timer);
static void on_poll(uv_poll_t* poll, int status, int events);

/* The ports to look at: those that may have more since the last round, and those that have got something new. */
static int ready_ports(PortSet* s, uint32_t* numbers) {
  int count = 0;
  for (; count < s->waiting_count; count++) numbers[count] = s->waiting[count];
  s->waiting_count = 0;
  if (count == SET_SLOTS) return count;
  int ready = epoll_wait(s->epoll, s->events, SET_SLOTS - count, 0);
  for (int i = 0; i < ready; i++) {
    uint32_t number = s->events[i].data.u32;
    if (!s->ports[number].waiting) numbers[count++] = number;
  }
  return count;
}

/*
 * A few packets of each port that has any. Edge-triggered: the system tells of a port once, and has nothing to look
 * through afterwards; so each is taken until it is empty, or is looked at again. Returns how many packets there were.
 */
static unsigned receive_round(PortSet* s) {
  uint32_t numbers[SET_SLOTS];
  int ready = ready_ports(s, numbers);
  unsigned total = 0, count = 0;
  s->now = (double)uv_hrtime() / 1e6 - s->clock_offset;
  for (int i = 0; i < ready; i++) {
    uint32_t number = numbers[i];
    s->ports[number].waiting = false;
    int taken = 0;
    for (; taken < PACKETS_A_ROUND; taken++) {
      if (count == SET_SLOTS) {
        deliver(s, count);
        count = 0;
        if (s->closing) return total;
      }
      Taken what = receive_packet(s, number, count);
      if (what == EMPTY) break;
      total++;
      if (what == HANDED_UP) count++;
    }
    if (taken == PACKETS_A_ROUND) {
      s->ports[number].waiting = true;
      s->waiting[s->waiting_count++] = number;
    }
  }
  if (count > 0) deliver(s, count);
  return total;
}

/* What has gathered is taken by several rounds, as a burst needs (a picture of video); what comes alone by one. */
static void receive(PortSet* s, bool gathered) {
  unsigned total = 0;
  for (int round = 0; round < SET_ROUNDS_A_TURN; round++) {
    unsigned taken = receive_round(s);
    if (s->closing) return;
    total += taken;
    if (taken == 0 || !(gathered || s->waiting_count > 0 || taken >= SET_SLOTS)) break;
  }
  uint64_t now = uv_now(s->timer.loop);
  bool load = total > 1 || (total > 0 && now - s->last_batch <= SET_GATHER_MILLISECONDS);
  if (total > 0) s->last_batch = now;
  bool more = s->waiting_count > 0;
  s->gathering = load || more || (s->gathering && now - s->last_batch <= SET_CALM_MILLISECONDS);
  if (s->gathering) {
    /* What nobody would tell of again, or is there in any case, is taken in the next turn. */
    uv_timer_start(&s->timer, on_timer, more || total >= SET_SLOTS ? 0 : SET_GATHER_MILLISECONDS, 0);
    if (s->polling) uv_poll_stop(&s->poll);
    s->polling = false;
  } else if (!s->polling) {
    uv_poll_start(&s->poll, UV_READABLE, on_poll);
    s->polling = true;
  }
}

static void on_timer(uv_timer_t* timer) {
  receive(timer->data, true);
}

static void on_poll(uv_poll_t* poll, int status, int events) {
  PortSet* s = poll->data;
  (void)events;
  if (status < 0) {
    s->memory.state[SET_RECEIVE_FAILURES]++;
    s->polling = false;
    uv_timer_start(&s->timer, on_timer, SET_GATHER_MILLISECONDS, 0);
    return;
  }
  receive(s, false);
}

static void on_handle_closed(uv_handle_t* handle) {
  PortSet* s = handle->data;
  if (--s->open_handles > 0) return;
  if (s->cleanup != NULL) napi_remove_async_cleanup_hook(s->cleanup);
  let_go(s);
}

static void close_set(PortSet* s) {
  if (s->closing) return;
  s->closing = true;
  uv_poll_stop(&s->poll);
  uv_close((uv_handle_t*)&s->poll, on_handle_closed);
  uv_close((uv_handle_t*)&s->timer, on_handle_closed);
  for (uint32_t i = 0; i < s->port_count; i++) {
    if (s->ports[i].descriptor >= 0) close(s->ports[i].descriptor);
    s->ports[i].descriptor = -1;
  }
  close(s->epoll);
  napi_delete_reference(s->env, s->deliver);
  napi_async_destroy(s->env, s->context);
}

static void on_environment_end(napi_async_cleanup_hook_handle handle, void* data) {
  (void)handle;
  close_set(data);
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

static napi_value name_set(napi_env env, PortSet* s) {
  napi_value result, name, memory;
  if (napi_create_object(env, &result) != napi_ok ||
      napi_create_external(env, s, on_name_gone, NULL, &name) != napi_ok) {
    return NULL;
  }
  s->holders++;
  if (napi_type_tag_object(env, name, &set_tag) != napi_ok ||
      napi_create_external_arraybuffer(env, &s->memory, sizeof s->memory, on_view_gone, s, &memory) != napi_ok) {
    return NULL;
  }
  s->holders++;
  if (napi_set_named_property(env, result, "name", name) != napi_ok ||
      napi_set_named_property(env, result, "memory", memory) != napi_ok) {
    return NULL;
  }
  return result;
}

/* openPorts(deliver, milliseconds that performance.now() gives) */
static napi_value open_function(napi_env env, napi_callback_info info) {
  napi_value arguments[2], resource_name;
  size_t count = 2;
  napi_valuetype type;
  uv_loop_t* loop;
  double now;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < 2 ||
      napi_typeof(env, arguments[0], &type) != napi_ok || type != napi_function ||
      napi_get_value_double(env, arguments[1], &now) != napi_ok) {
    napi_throw_type_error(env, NULL, "openPorts(function, milliseconds)");
    return NULL;
  }
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return NULL;
  PortSet* s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (s == MAP_FAILED) {
    throw_system_error(env, "mmap", errno);
    return NULL;
  }
  s->env = env;
  s->holders = 1;
  s->clock_offset = (double)uv_hrtime() / 1e6 - now;
  s->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (s->epoll < 0) {
    throw_system_error(env, "epoll_create", errno);
    munmap(s, sizeof *s);
    return NULL;
  }
  if (napi_create_reference(env, arguments[0], 1, &s->deliver) != napi_ok ||
      napi_create_string_latin1(env, "PortSet", NAPI_AUTO_LENGTH, &resource_name) != napi_ok ||
      napi_async_init(env, NULL, resource_name, &s->context) != napi_ok ||
      uv_poll_init(loop, &s->poll, s->epoll) != 0) {
    close(s->epoll);
    munmap(s, sizeof *s);
    napi_throw_error(env, NULL, "The set of ports cannot be watched");
    return NULL;
  }
  uv_timer_init(loop, &s->timer);
  s->poll.data = s;
  s->timer.data = s;
  s->open_handles = 2;
  uv_poll_start(&s->poll, UV_READABLE, on_poll);
  s->polling = true;
  napi_value result = name_set(env, s);
  if (result == NULL || napi_add_async_cleanup_hook(env, on_environment_end, s, &s->cleanup) != napi_ok) {
    close_set(s);
    return NULL;
  }
  return result;
}

/* The set named by the first argument; NULL with an exception pending where it is none. */
static PortSet* read_set(napi_env env, napi_callback_info info, napi_value* arguments, size_t expected) {
  size_t count = expected;
  bool ours = false;
  void* data = NULL;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < expected ||
      napi_check_object_type_tag(env, arguments[0], &set_tag, &ours) != napi_ok || !ours ||
      napi_get_value_external(env, arguments[0], &data) != napi_ok) {
    bool pending = false;
    napi_is_exception_pending(env, &pending);
    if (!pending) napi_throw_type_error(env, NULL, "The first argument is the name of a set of ports");
    return NULL;
  }
  return data;
}

/* Number of a port that is not in use; -1 where there is no room. */
static int32_t free_number(PortSet* s) {
  for (uint32_t i = 0; i < s->port_count; i++) {
    if (s->ports[i].descriptor < 0) return (int32_t)i;
  }
  if (s->port_count >= MOST_PORTS) return -1;
  uint32_t count = s->port_count == 0 ? 64 : s->port_count * 2;
  Port* ports = realloc(s->ports, count * sizeof *ports);
  if (ports == NULL) return -1;
  for (uint32_t i = s->port_count; i < count; i++) ports[i].descriptor = -1;
  uint32_t first = s->port_count;
  s->ports = ports;
  s->port_count = count;
  return (int32_t)first;
}

static int bound_socket(const SocketAddress* address) {
  int descriptor = socket(address->any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  return descriptor >= 0 && bind_or_close(descriptor, address) ? descriptor : -1;
}

/* bindPort(set, address, port): its number, from 0. Throws the system's error. */
static napi_value bind_function(napi_env env, napi_callback_info info) {
  napi_value arguments[3], result;
  uint32_t port;
  SocketAddress address;
  PortSet* s = read_set(env, info, arguments, 3);
  if (s == NULL) return NULL;
  if (!read_address_argument(env, arguments[1], &address) ||
      napi_get_value_uint32(env, arguments[2], &port) != napi_ok || port > 65535) {
    napi_throw_type_error(env, NULL, "bindPort(set, IP address, port)");
    return NULL;
  }
  if (address.any.sa_family == AF_INET6) address.v6.sin6_port = htons((uint16_t)port);
  else address.v4.sin_port = htons((uint16_t)port);
  int32_t number = s->closing ? -1 : free_number(s);
  int descriptor = number < 0 ? -1 : bound_socket(&address);
  if (descriptor < 0) {
    throw_system_error(env, "bind", number < 0 ? ENOBUFS : errno);
    return NULL;
  }
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.u32 = (uint32_t)number}};
  if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, descriptor, &event) != 0) {
    throw_system_error(env, "epoll_ctl", errno);
    close(descriptor);
    return NULL;
  }
  s->ports[number].descriptor = descriptor;
  s->ports[number].family = address.any.sa_family;
  s->ports[number].waiting = false;
  return napi_create_int32(env, number, &result) == napi_ok ? result : NULL;
}

/* unbindPort(set, number) */
static napi_value unbind_function(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  uint32_t number;
  PortSet* s = read_set(env, info, arguments, 2);
  if (s == NULL || napi_get_value_uint32(env, arguments[1], &number) != napi_ok || number >= s->port_count) return NULL;
  Port* port = &s->ports[number];
  /* Closing takes it out of the epoll set: no other descriptor refers to the socket. */
  if (port->descriptor >= 0) close(port->descriptor);
  port->descriptor = -1;
  s->memory.flows[(size_t)number * FLOW_WORDS + FLOW_STATE] = 0;
  return NULL;
}

/* sendPackets(set, entries) */
static napi_value send_function(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  uint32_t entries;
  PortSet* s = read_set(env, info, arguments, 2);
  if (s == NULL || s->closing) return NULL;
  if (napi_get_value_uint32(env, arguments[1], &entries) != napi_ok || entries > SET_SEND_ENTRIES) {
    napi_throw_range_error(env, NULL, "More entries than there are");
    return NULL;
  }
  const uint8_t* memory = (const uint8_t*)&s->memory;
  for (uint32_t i = 0; i < entries; i++) {
    const int32_t* entry = s->memory.sending + i * SET_SEND_WORDS;
    uint32_t number = (uint32_t)entry[PORT_NUMBER];
    size_t place = (uint32_t)entry[PLACE];
    size_t length = (uint32_t)entry[LENGTH];
    if (number >= s->port_count || s->ports[number].descriptor < 0 || length > PACKET_BYTES ||
        place > offsetof(SetMemory, flows) - PACKET_BYTES) {
      count_failure(s, EINVAL);
      continue;
    }
    const Port* port = &s->ports[number];
    SocketAddress to;
    read_address(port->family, entry, &to);
    socklen_t to_length = port->family == AF_INET6 ? sizeof to.v6 : sizeof to.v4;
    ssize_t sent;
    do {
      sent = sendto(port->descriptor, memory + place, length, MSG_DONTWAIT | MSG_NOSIGNAL, &to.any, to_length);
    } while (sent < 0 && errno == EINTR);
    /* Sound that is late is of no use: nothing waits. */
    if (sent < 0) count_failure(s, errno);
  }
  return NULL;
}

/* parsePortAddress(set, text): 4 or 6, and scope and address stand in the state; 0 when it is no address. */
static napi_value parse_address_function(napi_env env, napi_callback_info info) {
  napi_value arguments[2], result;
  SocketAddress address;
  PortSet* s = read_set(env, info, arguments, 2);
  if (s == NULL) return NULL;
  uint32_t family = 0;
  if (read_address_argument(env, arguments[1], &address)) {
    write_scratch(&address, s->memory.state + SET_SCRATCH);
    family = address.any.sa_family == AF_INET6 ? 6 : 4;
  }
  return napi_create_uint32(env, family, &result) == napi_ok ? result : NULL;
}

/* closePorts(set): once, and from then on nothing is received or sent. */
static napi_value close_function(napi_env env, napi_callback_info info) {
  napi_value arguments[1];
  PortSet* s = read_set(env, info, arguments, 1);
  if (s != NULL) close_set(s);
  return NULL;
}

bool add_port_sets(napi_env env, napi_value exports) {
  return add_number(env, exports, "portSlots", SET_SLOTS) &&
         add_number(env, exports, "packetBytes", PACKET_BYTES) &&
         add_number(env, exports, "madeSlots", MADE_SLOTS) &&
         add_number(env, exports, "portEntries", SET_SEND_ENTRIES) &&
         add_number(env, exports, "portReceivedOffset", offsetof(SetMemory, received)) &&
         add_number(env, exports, "portSendingOffset", offsetof(SetMemory, sending)) &&
         add_number(env, exports, "packetsOffset", offsetof(SetMemory, packets)) &&
         add_number(env, exports, "madeOffset", offsetof(SetMemory, made)) &&
         add_number(env, exports, "flowsOffset", offsetof(SetMemory, flows)) &&
         add_number(env, exports, "mostPorts", MOST_PORTS) &&
         add_number(env, exports, "tapsOffset", offsetof(SetMemory, taps)) &&
         add_number(env, exports, "ringsOffset", offsetof(SetMemory, rings)) &&
         add_number(env, exports, "mostTaps", MOST_TAPS) &&
         add_function(env, exports, "openPorts", open_function) &&
         add_function(env, exports, "bindPort", bind_function) &&
         add_function(env, exports, "unbindPort", unbind_function) &&
         add_function(env, exports, "sendPackets", send_function) &&
         add_function(env, exports, "parsePortAddress", parse_address_function) &&
         add_function(env, exports, "closePorts", close_function);
}
