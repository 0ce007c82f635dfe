/* What is recorded of a plain packet: the same as media/recording/conversation-recorder.ts does, for the plainest of them. */
#include "port-set.h"

/* As in media/recording/side-timeline.ts, in samples; a new window begins after so many packets. */
#define HORIZON 1600
#define FURTHEST_AHEAD 2000
#define LONGEST_PACKET 1600
#define WINDOW_PACKETS 50
#define TOLERATED 32
/* JavaScript's Number.MAX_SAFE_INTEGER: not known yet. */
#define UNKNOWN 9007199254740991.0
/* Smaller holes are bridged, which is not done here. */
#define BRIDGED 8

bool lay_down(double* tap, uint8_t* ring, unsigned channel, const uint8_t* sound, size_t samples, uint32_t timestamp,
              double now) {
  if (tap[TAP_PAUSED] != 0) return true;
  double* side = tap + TAP_SIDES + channel * TAP_SIDE_WORDS;
  double since = (now - tap[TAP_ORIGIN]) * 8;
  int32_t step = (int32_t)(timestamp - (uint32_t)side[LAST_TIMESTAMP]);
  /* Comparisons are written so that what is no number fails them. */
  if (side[ANCHORED] != 1 || samples > LONGEST_PACKET || step <= 0 || !(since >= 0 && since < 4e15)) return false;
  double due = (double)(int64_t)(since + 0.5) - (double)samples;
  double position = side[LAST_POSITION] + step;
  double lateness = due - position, end = position + (double)samples;
  if (!(lateness <= HORIZON && lateness >= -FURTHEST_AHEAD)) return false;
  double least = lateness < side[LEAST] ? lateness : side[LEAST], before = side[LEAST_BEFORE], count = side[LEAST_COUNT] + 1;
  if (count == WINDOW_PACKETS) {
    before = least;
    least = UNKNOWN;
    count = 0;
  }
  /* The sender's clock is to be corrected. */
  double least_of_both = least < before ? least : before;
  if (least_of_both < -TOLERATED || (least_of_both > TOLERATED && before != UNKNOWN)) return false;
  double hole = position - side[SIDE_END], left = tap[TAP_LEFT];
  if (!(hole == 0 || hole > BRIDGED)) return false;
  if (!(position >= left && position >= tap[TAP_FLOOR] && end <= left + TAP_SAMPLES)) return false;

  size_t at = (size_t)position % TAP_SAMPLES, first = TAP_SAMPLES - at < samples ? TAP_SAMPLES - at : samples;
  uint8_t* to = ring + at * 2 + channel;
  for (size_t i = 0; i < first; i++) to[i * 2] = sound[i];
  for (size_t i = first; i < samples; i++) ring[(i - first) * 2 + channel] = sound[i];
  side[LAST_TIMESTAMP] = timestamp;
  side[LAST_POSITION] = position;
  side[SIDE_END] = end;
  side[LEAST] = least;
  side[LEAST_BEFORE] = before;
  side[LEAST_COUNT] = count;
  return true;
}
