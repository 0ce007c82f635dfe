/*
 * Keeps V8's heap together in the address space, and has the kernel lay it in pages of 2 MB
 * (docs/decisions/0062-huge-pages-for-the-heap.md). All of it is for the whole process.
 */
#define _GNU_SOURCE
#include <node_api.h>

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define INTERFACE_VERSION 1

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define HUGE_PAGE ((uintptr_t)2 << 20)
/* Where V8 looks for room for its pages of 256 KB: at random below 2^46 (Heap::GetRandomMmapAddr). Of the lowest addresses
 * few are drawn, and the program itself with its heap lies there. */
#define LOWEST ((uintptr_t)64 << 30)
#define HIGHEST ((uintptr_t)1 << 46)
#define MOST_AREAS 65536
#define SWEEP_STACK (256 * 1024)

typedef struct {
  uintptr_t from, to;
} Area;

static atomic_bool sweeping;
static atomic_uint_fast64_t huge_bytes;
static long page_size;

/* Calls `take` with each mapping; `anonymous`: private memory of ours that can be written. */
static bool each_mapping(bool (*take)(void* context, Area area, bool anonymous), void* context) {
  FILE* maps = fopen("/proc/self/maps", "re");
  if (maps == NULL) return false;
  char line[512];
  bool go_on = true;
  bool beginning = true;
  while (go_on && fgets(line, sizeof line, maps) != NULL) {
    /* A path may be longer than the line; what goes on is no mapping. */
    bool is_mapping = beginning;
    beginning = strchr(line, '\n') != NULL;
    if (!is_mapping) continue;
    Area area;
    char mode[5];
    unsigned long inode;
    int name = 0;
    if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*s %*s %lu %n", &area.from, &area.to, mode, &inode, &name) < 4) continue;
    /* Names in brackets: the program's own stack and heap, and memory that somebody has given a name. */
    bool ordinary = line[name] != '[' || strncmp(line + name, "[anon:", 6) == 0;
    bool anonymous = inode == 0 && ordinary && mode[0] == 'r' && mode[1] == 'w' && mode[3] == 'p';
    go_on = take(context, area, anonymous);
  }
  fclose(maps);
  return true;
}

typedef struct {
  Area* list;
  size_t count;
} Areas;

static bool take_gap(void* context, Area area, bool anonymous) {
  (void)anonymous;
  Areas* gaps = context;
  Area* open = &gaps->list[gaps->count];
  if (area.to <= open->from) return true;
  if (area.from >= HIGHEST) return false;
  if (area.from > open->from) {
    open->to = area.from;
    gaps->count++;
  }
  if (gaps->count == MOST_AREAS - 1) return false;
  gaps->list[gaps->count].from = area.to;
  return true;
}

/*
 * pack(): bytes of address space that were reserved; 0 where that is not possible. Nothing is put there: a hint that cannot
 * be followed makes the kernel choose, and it puts one mapping beside the other.
 */
static napi_value pack_function(napi_env env, napi_callback_info info) {
  (void)info;
  double reserved = 0;
  Areas gaps = {calloc(MOST_AREAS, sizeof(Area)), 0};
  if (gaps.list != NULL) {
    gaps.list[0].from = LOWEST;
    if (each_mapping(take_gap, &gaps) && gaps.list[gaps.count].from < HIGHEST) gaps.list[gaps.count++].to = HIGHEST;
    for (size_t index = 0; index < gaps.count; index++) {
      size_t bytes = gaps.list[index].to - gaps.list[index].from;
      int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
      void* wanted = (void*)gaps.list[index].from;
      void* got = mmap(wanted, bytes, PROT_NONE, flags, -1, 0);
      if (got == wanted) reserved += (double)bytes;
      /* Kernels before 4.17 take the address for a hint. */
      else if (got != MAP_FAILED) munmap(got, bytes);
    }
    free(gaps.list);
  }
  napi_value result;
  return napi_create_double(env, reserved, &result) == napi_ok ? result : NULL;
}

static bool take_area(void* context, Area area, bool anonymous) {
  Areas* areas = context;
  Area whole = {(area.from + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1), area.to & ~(HUGE_PAGE - 1)};
  if (anonymous && whole.from < whole.to) areas->list[areas->count++] = whole;
  return areas->count < MOST_AREAS;
}

/* Whether seven of eight small pages are in use: what is hardly touched (stacks of threads) would only grow. */
static bool is_in_use(uintptr_t from) {
  unsigned char resident[HUGE_PAGE / 4096];
  size_t pages = HUGE_PAGE / (size_t)page_size;
  if (pages > sizeof resident || mincore((void*)from, HUGE_PAGE, resident) != 0) return false;
  size_t used = 0;
  for (size_t page = 0; page < pages; page++) used += resident[page] & 1;
  return used * 8 >= pages * 7;
}

static void rest(long microseconds) {
  struct timespec time = {microseconds / 1000000, microseconds % 1000000 * 1000};
  nanosleep(&time, NULL);
}

/*
 * Has the kernel find a huge page, and touches and gives back what it found: most likely that is the one that it takes next.
 * Finding it takes long, and in a virtual machine the first touch of each longer still (4 to 7 ms were measured); the copying
 * that is left, during which nobody can touch what is copied, does not.
 */
static void prepare_page(void) {
  void* room = mmap(NULL, 2 * HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return;
  volatile char* page = (volatile char*)(((uintptr_t)room + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
  if (madvise((void*)page, HUGE_PAGE, MADV_HUGEPAGE) == 0) *page = 1;
  munmap(room, 2 * HUGE_PAGE);
}

/* Who touches memory while it is joined waits for that: after each there is a rest. An area may be gone meanwhile: EINVAL, ENOMEM. */
static void* sweep(void* argument) {
  long microseconds = (long)(intptr_t)argument;
  Areas areas = {calloc(MOST_AREAS, sizeof(Area)), 0};
  uint_fast64_t joined = 0;
  if (areas.list != NULL && each_mapping(take_area, &areas)) {
    for (size_t index = 0; index < areas.count; index++) {
      Area area = areas.list[index];
      for (uintptr_t from = area.from; from < area.to; from += HUGE_PAGE) {
        /* Where the kernel cannot do it at once (before 6.1), its own thread does it some time after this. */
        if (!is_in_use(from) || madvise((void*)from, HUGE_PAGE, MADV_HUGEPAGE) != 0) continue;
        prepare_page();
        if (madvise((void*)from, HUGE_PAGE, MADV_COLLAPSE) == 0) joined += HUGE_PAGE;
        rest(microseconds);
      }
    }
  }
  free(areas.list);
  atomic_store(&huge_bytes, joined);
  atomic_store(&sweeping, false);
  return NULL;
}

/* sweep(rest in microseconds): false where one is under way, or no thread can be had. */
static napi_value sweep_function(napi_env env, napi_callback_info info) {
  napi_value argument;
  size_t count = 1;
  uint32_t microseconds;
  if (napi_get_cb_info(env, info, &count, &argument, NULL, NULL) != napi_ok || count < 1 ||
      napi_get_value_uint32(env, argument, &microseconds) != napi_ok || microseconds > 1000000) {
    napi_throw_type_error(env, NULL, "sweep(microseconds, up to a million)");
    return NULL;
  }
  bool started = !atomic_exchange(&sweeping, true);
  if (started) {
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, SWEEP_STACK);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    /* Signals are for the threads of Node.js. */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(&thread, &attributes, sweep, (void*)(intptr_t)microseconds) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (!started) atomic_store(&sweeping, false);
  }
  napi_value result;
  return napi_get_boolean(env, started, &result) == napi_ok ? result : NULL;
}

/* state(): whether a sweep is under way, and the bytes that lay in huge pages after the last one. */
static napi_value state_function(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result, value;
  if (napi_create_object(env, &result) != napi_ok || napi_get_boolean(env, atomic_load(&sweeping), &value) != napi_ok ||
      napi_set_named_property(env, result, "sweeping", value) != napi_ok ||
      napi_create_double(env, (double)atomic_load(&huge_bytes), &value) != napi_ok ||
      napi_set_named_property(env, result, "hugeBytes", value) != napi_ok) {
    return NULL;
  }
  return result;
}

static bool add_function(napi_env env, napi_value exports, const char* name, napi_callback function) {
  napi_value value;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value) == napi_ok &&
         napi_set_named_property(env, exports, name, value) == napi_ok;
}

NAPI_MODULE_INIT() {
  page_size = sysconf(_SC_PAGESIZE);
  napi_value version;
  bool good = napi_create_int32(env, INTERFACE_VERSION, &version) == napi_ok &&
              napi_set_named_property(env, exports, "interfaceVersion", version) == napi_ok &&
              add_function(env, exports, "pack", pack_function) && add_function(env, exports, "sweep", sweep_function) &&
              add_function(env, exports, "state", state_function);
  if (!good) napi_throw_error(env, NULL, "Huge pages cannot be set up");
  return exports;
}
