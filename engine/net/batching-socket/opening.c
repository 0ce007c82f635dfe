/* Opening and closing. */
#include "batching-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static void let_go(Socket* s) {
  if (--s->holders == 0) munmap(s, sizeof *s);
}

void throw_system_error(napi_env env, const char* call, int error) {
  int code = uv_translate_sys_error(error);
  char text[160];
  snprintf(text, sizeof text, "%s %s: %s", call, uv_err_name(code), uv_strerror(code));
  napi_throw_error(env, uv_err_name(code), text);
}

socklen_t address_length(const Socket* s) {
  return s->family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

static void on_handle_closed(uv_handle_t* handle) {
  Socket* s = handle->data;
  if (--s->open_handles > 0) return;
  if (s->cleanup != NULL) napi_remove_async_cleanup_hook(s->cleanup);
  let_go(s);
}

void close_socket(Socket* s) {
  if (s->closing) return;
  uint64_t deadline = uv_hrtime() + CLOSE_MILLISECONDS * 1000000ULL;
  while (!send_waiting(s) && uv_hrtime() < deadline) {
    struct pollfd writable = {.fd = s->descriptor, .events = POLLOUT};
    poll(&writable, 1, CLOSE_MILLISECONDS);
  }
  drop_waiting(s);
  s->closing = true;
  uv_poll_stop(&s->poll);
  uv_close((uv_handle_t*)&s->poll, on_handle_closed);
  uv_close((uv_handle_t*)&s->timer, on_handle_closed);
  close(s->descriptor);
  napi_delete_reference(s->env, s->deliver);
  s->ring_head = NULL;
  if (s->ring != NULL) napi_delete_reference(s->env, s->ring);
  s->ring = NULL;
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

bool bind_or_close(int descriptor, const SocketAddress* address) {
  int only = 1;
  bool version6 = address->any.sa_family == AF_INET6;
  socklen_t length = version6 ? sizeof address->v6 : sizeof address->v4;
  if ((!version6 || setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only) == 0) &&
      bind(descriptor, &address->any, length) == 0) {
    return true;
  }
  int error = errno;
  close(descriptor);
  errno = error;
  return false;
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
  if (!bind_or_close(descriptor, bind_to)) {
    throw_system_error(env, "bind", errno);
    return -1;
  }
  return descriptor;
}

static napi_value name_socket(napi_env env, Socket* s) {
  napi_value result, name, memory, version6;
  if (napi_create_object(env, &result) != napi_ok) return NULL;
  if (napi_create_external(env, s, on_name_gone, NULL, &name) != napi_ok) return NULL;
  s->holders++;
  if (napi_type_tag_object(env, name, &socket_tag) != napi_ok) return NULL;
  if (napi_create_external_arraybuffer(env, &s->shared, sizeof s->shared, on_view_gone, s, &memory) != napi_ok) {
    return NULL;
  }
  s->holders++;
  if (napi_get_boolean(env, s->family == AF_INET6, &version6) != napi_ok) return NULL;
  if (napi_set_named_property(env, result, "version6", version6) != napi_ok) return NULL;
  if (napi_set_named_property(env, result, "name", name) != napi_ok) return NULL;
  if (napi_set_named_property(env, result, "memory", memory) != napi_ok) return NULL;
  return result;
}

Socket* open_socket(napi_env env, int32_t inherited, const SocketAddress* address, napi_value on_batch,
                    napi_value* result) {
  uv_loop_t* loop;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return NULL;
  int descriptor = open_descriptor(env, inherited, address);
  if (descriptor < 0) return NULL;

  /* Pages of its own: they are zero, so JavaScript sees no old memory, and take room only once they are written. */
  Socket* s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  SocketAddress own;
  socklen_t own_length = sizeof own;
  if (s == MAP_FAILED || getsockname(descriptor, &own.any, &own_length) != 0 ||
      (own.any.sa_family != AF_INET && own.any.sa_family != AF_INET6)) {
    if (s != MAP_FAILED) munmap(s, sizeof *s);
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
    munmap(s, sizeof *s);
    throw_system_error(env, "epoll_ctl", -failed);
    return NULL;
  }
  uv_timer_init(loop, &s->timer);
  s->poll.data = s;
  s->timer.data = s;
  s->open_handles = 2;
  s->holders = 1;
  napi_value resource_name;
  *result = NULL;
  if (napi_create_string_utf8(env, "UDP", NAPI_AUTO_LENGTH, &resource_name) == napi_ok &&
      napi_async_init(env, NULL, resource_name, &s->context) == napi_ok &&
      napi_create_reference(env, on_batch, 1, &s->deliver) == napi_ok &&
      napi_add_async_cleanup_hook(env, on_environment_end, s, &s->cleanup) == napi_ok) {
    *result = name_socket(env, s);
  }
  if (*result == NULL) {
    close_socket(s);
    bool pending = false;
    napi_is_exception_pending(env, &pending);
    if (!pending) napi_throw_error(env, NULL, "Node refused memory that is shared with native code");
    return NULL;
  }
  set_poll(s);
  return s;
}
