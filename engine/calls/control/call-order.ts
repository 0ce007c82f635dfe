/** What programs and administrators order of calls. Plain data: it comes by the control port. */

export type CallOrder =
  /** Ends a call on all sides. */
  | { readonly order: 'hangUp'; readonly call: string }
  /** `user`: id of the user on whose side the other one is put on hold, or spoken to again. */
  | { readonly order: 'hold' | 'resume'; readonly call: string; readonly user: string }
  /** The other side of this user's call waits in the park slot with this extension; '' for the first that is free. */
  | { readonly order: 'park'; readonly call: string; readonly user: string; readonly slot: string }
  /** Rings this user's phones; when he answers he has whoever waits in the park slot with this extension, of his PBX. */
  | { readonly order: 'fetch'; readonly user: string; readonly slot: string }
  /** Hands the other side of this user's call on to whoever `to` leads to, as if he had dialled it. */
  | { readonly order: 'transfer'; readonly call: string; readonly user: string; readonly to: string }
  /** Rings this user's phones, and then calls `to` for him. */
  | { readonly order: 'dial'; readonly user: string; readonly to: string }
  /** Ends all calls of this user. */
  | { readonly order: 'endAll'; readonly user: string }

export type CallOrderResult =
  /** It is done, or under way. `calls`: ids of those it is about. */
  | { readonly done: true; readonly calls: readonly string[] }
  /** `why`: one sentence for people. */
  | { readonly done: false; readonly problem: 'not-found' | 'conflict'; readonly why: string }
