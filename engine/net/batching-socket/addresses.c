/* Addresses between text, the system's form and the words of an entry. */
#include "batching-socket.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Scope of an interface by name or number ("eth0", "2"); 0 for none such. */
static uint32_t scope_of(const char* interface) {
  uint32_t scope = if_nametoindex(interface);
  return scope != 0 ? scope : (uint32_t)strtoul(interface, NULL, 10);
}

bool parse_address(const char* text, SocketAddress* address) {
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

bool format_address(sa_family_t family, const int32_t* entry, char* text, size_t size) {
  if (inet_ntop(family, entry + ADDRESS, text, (socklen_t)size) == NULL) return false;
  uint32_t scope = (uint32_t)entry[SCOPE];
  const void* address = entry + ADDRESS;
  if (family != AF_INET6 || scope == 0 || !IN6_IS_ADDR_LINKLOCAL((const struct in6_addr*)address)) return true;
  size_t length = strlen(text);
  char interface[IF_NAMESIZE];
  int written;
  if (if_indextoname(scope, interface) != NULL) written = snprintf(text + length, size - length, "%%%s", interface);
  else written = snprintf(text + length, size - length, "%%%u", scope);
  return written > 0 && (size_t)written < size - length;
}

void write_scratch(const SocketAddress* address, int32_t* scratch) {
  memset(scratch, 0, 5 * sizeof *scratch);
  if (address->any.sa_family == AF_INET6) {
    scratch[0] = (int32_t)address->v6.sin6_scope_id;
    memcpy(scratch + 1, &address->v6.sin6_addr, 16);
  } else {
    memcpy(scratch + 1, &address->v4.sin_addr, 4);
  }
}

void write_address(sa_family_t family, const SocketAddress* address, int32_t* entry) {
  entry[SCOPE] = 0;
  if (family == AF_INET6) {
    entry[PORT] = ntohs(address->v6.sin6_port);
    entry[SCOPE] = (int32_t)address->v6.sin6_scope_id;
    memcpy(entry + ADDRESS, &address->v6.sin6_addr, 16);
  } else {
    entry[PORT] = ntohs(address->v4.sin_port);
    memcpy(entry + ADDRESS, &address->v4.sin_addr, 4);
  }
}

void read_address(sa_family_t family, const int32_t* entry, SocketAddress* address) {
  memset(address, 0, sizeof *address);
  if (family == AF_INET6) {
    address->v6.sin6_family = AF_INET6;
    address->v6.sin6_port = htons((uint16_t)entry[PORT]);
    address->v6.sin6_scope_id = (uint32_t)entry[SCOPE];
    memcpy(&address->v6.sin6_addr, entry + ADDRESS, 16);
  } else {
    address->v4.sin_family = AF_INET;
    address->v4.sin_port = htons((uint16_t)entry[PORT]);
    memcpy(&address->v4.sin_addr, entry + ADDRESS, 4);
  }
}
