#include "batching-socket.h"

void call_up(napi_env env, napi_async_context context, napi_ref deliver, unsigned count) {
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value function, receiver, argument, result;
  if (napi_get_reference_value(env, deliver, &function) == napi_ok && napi_get_global(env, &receiver) == napi_ok &&
      napi_create_uint32(env, count, &argument) == napi_ok) {
    napi_status status = napi_make_callback(env, context, receiver, function, 1, &argument, &result);
    if (status == napi_pending_exception) {
      napi_value exception;
      if (napi_get_and_clear_last_exception(env, &exception) == napi_ok) napi_fatal_exception(env, exception);
    }
  }
  napi_close_handle_scope(env, scope);
}
