/* One seat, GUESTS people who want it, and everything that may go wrong between them.

   The model is the protocol of docs/ARCHITECTURE.md without its words: a lock that may be forgotten at any moment, a
   claim with a primary key, guarded moves, a provider that remembers keys, webhooks that get lost or come twice, a
   reconciler, refunds, an outbox, an inbox. A crash may follow any step; CRASHES says how many there are.

   atomic { … } is one transaction of one database, or one request to the provider. Between two of them anybody may
   go first. When nothing more can happen (timeout), `Judge` asks what must hold.

   -DHOUSE adds a house that ends a booking while its money is on the way: much larger, so with fewer crashes.

   Each guard can be taken away by its name: -DNO_UNIQUE_KEY and so on. Each of these must be found wanting. */

#ifndef GUESTS
#define GUESTS 2
#endif
#ifndef CRASHES
#define CRASHES 3
#endif
#define FREE 255

mtype = { NONE, HELD, PAYING, CONFIRMED, EXPIRED };
mtype = { UNASKED, OPEN, SUCCEEDED, DECLINED, RETURNED };

mtype state[GUESTS] = NONE;      /* booking_db: bookings */
mtype attempt[GUESTS] = UNASKED; /* booking_db: the stored try to pay */
bool claims[GUESTS];             /* booking_db: claims on the one seat */
bool over[GUESTS];               /* by the database's clock the hold's time is over */
byte due[GUESTS];                /* booking_db: refunds owed */
byte done[GUESTS];               /* booking_db: those of them that are done */
byte outbox[GUESTS];             /* booking_db: facts not yet sent */

byte lock = FREE;                /* Redis: advice only */
byte queue[GUESTS];              /* broker: deliveries without an acknowledgement */
byte told[GUESTS];               /* notification_db: messages */
bool noted[GUESTS];              /* notification_db: inbox */

byte captured[GUESTS];           /* the provider's books */
byte returned[GUESTS];
bool charged[GUESTS];            /* it remembers the key of the charge */
bool closed[GUESTS];             /* and that the key was given up */
byte webhooks[GUESTS];
byte crashes;

#define MAY_CRASH(where) if :: crashes < CRASHES -> crashes++; goto where :: skip fi

inline others_claim(i, found) {
  n = 0;
  found = false;
  do
  :: n < GUESTS -> if :: n != i && claims[n] -> found = true :: else fi; n++
  :: else -> n = 0; break
  od
}

/* The money came: it belongs to the seat, or it goes back. One transaction, whoever heard of it. */
inline settle(i) {
  if
#ifdef NO_INBOX
  :: true ->
#else
  :: attempt[i] == OPEN || attempt[i] == DECLINED ->
#endif
    if
#ifdef NO_FENCE
    :: attempt[i] == OPEN && state[i] == PAYING ->
#else
    :: attempt[i] == OPEN && state[i] == PAYING && claims[i] ->
#endif
      state[i] = CONFIRMED; attempt[i] = SUCCEEDED;
#ifdef NO_OUTBOX
      fresh = true
#else
      outbox[i]++
#endif
    :: else ->
      attempt[i] = RETURNED;
#ifdef NO_REFUND
      skip
#else
      due[i]++
#endif
    fi
  :: else
  fi
}

/* Without an outbox: whoever sold the seat tells of it, if it lives to do so. */
inline tell(i) {
#ifdef NO_OUTBOX
  atomic {
    if
    :: fresh && crashes < CRASHES -> crashes++
    :: fresh -> queue[i]++
    :: else
    fi;
    fresh = false
  }
#else
  skip
#endif
}

inline decline(i) {
  if
  :: attempt[i] == OPEN ->
    attempt[i] = DECLINED;
    if
    :: state[i] == PAYING && !over[i] -> state[i] = HELD
    :: state[i] == PAYING && over[i] -> state[i] = EXPIRED; claims[i] = false
    :: else
    fi
  :: else
  fi
}

/* One request to the provider: the same key takes money once; a key that was given up takes none. */
inline charge(i) {
  if
  :: closed[i]
#ifdef NO_PROVIDER_KEY
  :: !closed[i] && captured[i] < 3 -> captured[i]++; charged[i] = true
#else
  :: !closed[i] && !charged[i] -> captured[i]++; charged[i] = true;
    if :: webhooks[i] = 0 :: webhooks[i] = 1 :: webhooks[i] = 2 fi
  :: !closed[i] && charged[i]
#endif
  fi
}

proctype Guest(byte i) {
  bool taken;
  bool fresh = false;
  byte n;
  byte tries = 0;
  byte asked = 0;
hold:
  if
  :: tries == 2 -> goto gone
  :: tries < 2 -> tries++
  fi;
  atomic { lock == FREE || lock == i -> lock = i }
  MAY_CRASH(gone);
  atomic {
    others_claim(i, taken);
#ifdef NO_UNIQUE_KEY
    taken = false;
#endif
    if
    :: !taken -> claims[i] = true; state[i] = HELD
    :: taken && lock == i -> lock = FREE; goto hold
    :: taken && lock != i -> goto hold
    fi
  }
  MAY_CRASH(gone);
#ifdef NO_FENCE
  /* Looks at the hold, sleeps, and writes what it saw. */
  atomic { if :: state[i] == HELD && !over[i] :: else -> goto gone fi }
  atomic { state[i] = PAYING; attempt[i] = OPEN }
#else
  atomic {
    if
    :: state[i] == HELD && !over[i] -> state[i] = PAYING; attempt[i] = OPEN
    :: else -> goto gone
    fi
  }
#endif
ask:
  asked++;
  MAY_CRASH(again);
  atomic { charge(i) }
  /* The answer may get lost: then the guest asks again under the same key, or leaves it to the others. */
  if
  :: asked < 2 -> goto ask
  :: goto gone
  :: skip
  fi;
  MAY_CRASH(again);
  atomic { if :: captured[i] > 0 -> settle(i) :: else -> decline(i) fi }
  tell(i);
  goto gone;
again:
  if
  :: asked < 2 -> goto ask
  :: goto gone
  fi;
gone:
  skip
}

/* The next i for which `work` waits; blocks while there is none. */
#if GUESTS > 2
#define ANY(work) if :: work(0) -> i = 0 :: work(1) -> i = 1 :: work(2) -> i = 2 fi
#else
#define ANY(work) if :: work(0) -> i = 0 :: work(1) -> i = 1 fi
#endif
#define IS_KNOCKING(k) (webhooks[k] > 0)
#define IS_OPEN(k) (attempt[k] == OPEN)
#define IS_OWED(k) (done[k] < due[k])
#define IS_UNSENT(k) (outbox[k] > 0)
#define IS_QUEUED(k) (queue[k] > 0)
#define IS_OVER(k) (state[k] == HELD && over[k])
#define RUNS_OUT(k) (state[k] == HELD && !over[k])

/* Webhooks: lost, or heard, each as often as it comes. */
active proctype Postman() {
  byte i = 0;
  bool fresh = false;
end:
  do
  :: atomic {
      ANY(IS_KNOCKING);
      webhooks[i]--;
      if :: settle(i) :: skip fi
    }
    tell(i);
    i = 0
  od
}

#ifndef NO_RECONCILER
/* Asks what became of each open try. What the provider never saw is given up there before it is given up here. */
active proctype Reconciler() {
  byte i = 0;
  bool fresh = false;
end:
  do
  :: atomic { ANY(IS_OPEN) }
    atomic { if :: !charged[i] -> closed[i] = true :: else fi }
    atomic { if :: charged[i] -> settle(i) :: else -> decline(i) fi }
    tell(i);
    i = 0
  od
}
#endif

/* Refunds: promised in booking_db, asked of the provider under the row's key, then marked. */
active proctype Refunder() {
  byte i = 0;
end:
  do
  :: atomic { ANY(IS_OWED) }
    atomic {
#ifdef NO_PROVIDER_KEY
      if :: returned[i] < 3 -> returned[i]++ :: else fi
#else
      if :: returned[i] == done[i] -> returned[i]++ :: else fi
#endif
    }
    if
    :: crashes < CRASHES -> crashes++
    :: done[i]++
    fi;
    i = 0
  od
}

/* Sends what the outbox holds, marks it once the broker has confirmed. */
active proctype Relay() {
  byte i = 0;
end:
  do
  :: atomic { ANY(IS_UNSENT); queue[i]++ }
    if
    :: crashes < CRASHES -> crashes++
    :: outbox[i]--
    fi;
    i = 0
  od
}

/* Tells the guest, in one transaction with the inbox; acknowledges afterwards. */
active proctype Consumer() {
  byte i = 0;
end:
  do
  :: atomic {
      ANY(IS_QUEUED);
#ifdef NO_CONSUMER_INBOX
      told[i]++
#else
      if :: !noted[i] -> noted[i] = true; told[i]++ :: else fi
#endif
    }
    if
    :: crashes < CRASHES -> crashes++
    :: queue[i]--
    fi;
    i = 0
  od
}

/* Ends holds whose time is over. */
active proctype Sweeper() {
  byte i = 0;
end:
  do
  :: atomic { ANY(IS_OVER); state[i] = EXPIRED; claims[i] = false; i = 0 }
  od
}

#ifdef HOUSE
/* The house may end one booking while its money is on the way. Which of the two: they are alike. */
active proctype House() {
end:
  atomic { state[0] == PAYING -> state[0] = EXPIRED; claims[0] = false }
}
#endif

/* Time runs out at any moment, and Redis forgets at any moment. */
active proctype World() {
  byte i = 0;
end:
  do
  :: atomic { ANY(RUNS_OUT); over[i] = true; i = 0 }
  :: atomic { lock != FREE -> lock = FREE }
  od
}

/* At every moment: one buyer of one seat, and never more back than came. At the end: everything has its place. */
active proctype Judge() {
  byte i = 0;
  byte sold = 0;
  atomic {
    timeout ->
    do
    :: i < GUESTS ->
      assert(state[i] != HELD && state[i] != PAYING);
      assert(attempt[i] != OPEN);
      assert(claims[i] == (state[i] == CONFIRMED));
      assert(returned[i] <= captured[i]);
      assert(captured[i] - returned[i] == (state[i] == CONFIRMED));
      assert(told[i] == (state[i] == CONFIRMED));
      assert(outbox[i] == 0 && queue[i] == 0 && done[i] == due[i]);
      if :: state[i] == CONFIRMED -> sold++ :: else fi;
      i++
    :: else -> break
    od;
    assert(sold <= 1)
  }
}

init {
  atomic {
    run Guest(0);
    run Guest(1);
#if GUESTS > 2
    run Guest(2)
#endif
  }
}
