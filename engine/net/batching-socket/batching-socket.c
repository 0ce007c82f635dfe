/* The functions that JavaScript calls. */
#include "batching-socket.h"
#include "port-set.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>

bool read_address_argument(napi_env env, napi_value value, SocketAddress* address) {
  char text[128];
  size_t length;
  return napi_get_value_string_utf8(env, value, NULL, 0, &length) == napi_ok && length < sizeof text &&
         napi_get_value_string_utf8(env, value, text, sizeof text, &length) == napi_ok && parse_address(text, address);
}

/* open(descriptor or -1, address, port, deliver) */
static napi_value open_function(napi_env env, napi_callback_info info) {
  napi_value arguments[4];
  size_t count = 4;
  int32_t inherited;
  uint32_t port;
  SocketAddress address;
  napi_valuetype type;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < 4 ||
      napi_get_value_int32(env, arguments[0], &inherited) != napi_ok ||
      !read_address_argument(env, arguments[1], &address) ||
      napi_get_value_uint32(env, arguments[2], &port) != napi_ok || port > 65535 ||
      napi_typeof(env, arguments[3], &type) != napi_ok || type != napi_function) {
    napi_throw_type_error(env, NULL, "open(descriptor, IP address, port, function)");
    return NULL;
  }
  if (address.any.sa_family == AF_INET6) address.v6.sin6_port = htons((uint16_t)port);
  else address.v4.sin_port = htons((uint16_t)port);
  napi_value result;
  return open_socket(env, inherited, &address, arguments[3], &result) == NULL ? NULL : result;
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

/* send(socket, entries, now): keeps what is marked of the received table, then sends. */
static napi_value send_function(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  uint32_t entries;
  double now;
  Socket* s = read_socket(env, info, arguments, 3);
  if (s == NULL) return NULL;
  if (napi_get_value_uint32(env, arguments[1], &entries) != napi_ok || entries > SEND_ENTRIES ||
      napi_get_value_double(env, arguments[2], &now) != napi_ok) {
    napi_throw_range_error(env, NULL, "More entries than there are, or no time");
    return NULL;
  }
  if (s->closing) return NULL;
  keep_received(s, now);
  if (entries > 0) send_entries(s, entries, now);
  return NULL;
}

/* keepIn(socket, Uint8Array over all of the memory, listener) */
static napi_value keep_in_function(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  napi_typedarray_type type;
  size_t bytes;
  void* memory;
  uint32_t listener;
  Socket* s = read_socket(env, info, arguments, 3);
  if (s == NULL || s->closing) return NULL;
  if (s->ring != NULL || napi_get_typedarray_info(env, arguments[1], &type, &bytes, &memory, NULL, NULL) != napi_ok ||
      type != napi_uint8_array || napi_get_value_uint32(env, arguments[2], &listener) != napi_ok ||
      !keep_in(s, memory, bytes, listener)) {
    napi_throw_type_error(env, NULL, "keepIn(socket, Uint8Array, listener), once");
  } else if (napi_create_reference(env, arguments[1], 1, &s->ring) != napi_ok) {
    s->ring_head = NULL;
  }
  return NULL;
}

/* parseAddress(socket, text): true, and scope and address stand in the state; false when it cannot be sent to. */
static napi_value parse_address_function(napi_env env, napi_callback_info info) {
  napi_value arguments[2], result;
  SocketAddress address;
  Socket* s = read_socket(env, info, arguments, 2);
  if (s == NULL) return NULL;
  bool good = read_address_argument(env, arguments[1], &address) && address.any.sa_family == s->family;
  if (good) write_scratch(&address, s->shared.state + ADDRESS_SCRATCH);
  return napi_get_boolean(env, good, &result) == napi_ok ? result : NULL;
}

/* formatAddress(socket, slot): the sender of a received datagram as text. */
static napi_value format_address_function(napi_env env, napi_callback_info info) {
  napi_value arguments[2], result;
  uint32_t slot;
  char text[INET6_ADDRSTRLEN + 1 + IF_NAMESIZE];
  Socket* s = read_socket(env, info, arguments, 2);
  if (s == NULL) return NULL;
  if (napi_get_value_uint32(env, arguments[1], &slot) != napi_ok || slot >= RECEIVE_SLOTS) {
    napi_throw_range_error(env, NULL, "There is no such slot");
    return NULL;
  }
  if (!format_address(s->family, s->shared.received + slot * ENTRY_WORDS, text, sizeof text)) return NULL;
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

/* measure(socket): writes the bytes in the receive queue, its room and the datagrams dropped for want of it into the state. */
static napi_value measure_function(napi_env env, napi_callback_info info) {
  /* In the order of the kernel's SK_MEMINFO_ constants (linux/sock_diag.h). */
  enum { RECEIVE_ALLOCATED = 0, RECEIVE_BUFFER = 1, DROPPED = 8, VALUES = 9 };
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
  s->shared.state[ROOM] = (int32_t)values[RECEIVE_BUFFER];
  return NULL;
}

/* close(socket): once, and from then on nothing is received or sent. */
static napi_value close_function(napi_env env, napi_callback_info info) {
  napi_value arguments[1];
  Socket* s = read_socket(env, info, arguments, 1);
  if (s != NULL) close_socket(s);
  return NULL;
}

bool add_function(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function) == napi_ok &&
         napi_set_named_property(env, exports, name, function) == napi_ok;
}

bool add_number(napi_env env, napi_value exports, const char* name, size_t number) {
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
              add_function(env, exports, "keepIn", keep_in_function) &&
              add_function(env, exports, "parseAddress", parse_address_function) &&
              add_function(env, exports, "formatAddress", format_address_function) &&
              add_function(env, exports, "setBuffers", set_buffers_function) &&
              add_function(env, exports, "measure", measure_function) &&
              add_function(env, exports, "close", close_function) && add_port_sets(env, exports);
  if (!good) napi_throw_error(env, NULL, "The batching socket cannot be set up");
  return exports;
}
