/* ring.pml - model of the worker-pool core described in ring.md
 *
 * One pool (producer of tasks, consumer of results, failure handler), two
 * workers, plus a spare that is started when a worker is lost.
 *
 * With -DFINE every shared-memory access of the design is ONE Promela
 * transition (an atomic block holds one shared access plus the local
 * computation after it); the default merges a few adjacent accesses of the
 * same thread to reach larger instances.  So
 *   - all interleavings of those accesses are explored, and
 *   - a worker can be killed between any two of them: the 'unless' clause
 *     freezes a process for ever as soon as dead[] is set.
 * The model is sequentially consistent - what ECMAScript promises for
 * Atomics.* accesses.  Plain payload accesses are merged with the atomic that
 * publishes/acquires them; ghost asserts check that nobody else touches the
 * payload in between.
 *
 *   spin -a -DNT=3 ring.pml
 *   gcc -O2 -DNOREDUCE -DCOLLAPSE -DSAFETY -o pan pan.c ; ./pan -m300000 -w25
 *
 * Modes    -DNT=tasks(1..4) -DNC=cells(1..2) -DRC=ring slots -DKILLS=n
 *          -DRETRY      at-least-once instead of at-most-once
 *          -DZOMBIE=n   the failure detector is WRONG n times: the fenced
 *                       worker keeps running (and may be killed later)
 *          -DCANCEL=n   the pool cancels n queued tasks
 *          -DASYNC=n    workers may park with waitAsync and be woken n times
 *                       by their own event loop instead (stale waiters)
 *          -DBATCH=1|2  cells claimed per dequeue
 *          -DSTEAL=n    the pool revokes n claimed-but-unstarted cells of LIVE workers
 *          -DFINE       no merging (see above)
 *          -DPRIV       the last task goes to the private ring of worker 0
 *                       (beside the shared one; both TAILs are rechecked)
 *          -DTICKETLESS experiment: QUEUED carries no position
 *          -DLIVE       adds <>finished: compile without -DSAFETY, run pan -a -f
 * Mutants  -DM_...      each removes ONE line of the protocol; each must FAIL
 */
#ifndef NT
#define NT 3
#endif
#ifndef NC
#define NC 2
#endif
#ifndef RC
#define RC 2
#endif
#ifndef KILLS
#define KILLS 1
#endif
#ifndef ZOMBIE
#define ZOMBIE 0
#endif
#ifndef CANCEL
#define CANCEL 0
#endif
#ifndef ASYNC
#define ASYNC 0
#endif
#ifndef STEAL
#define STEAL 0
#endif
#ifndef BATCH
#define BATCH 1
#endif
#ifndef NI
#if KILLS + ZOMBIE > 1
#define NI 3                    /* incarnations: 2 at start + 1 spare */
#else
#define NI 2                    /* the survivor must finish everything */
#endif
#endif
#define DC 2                    /* done-ring slots per worker, >= NC */

#ifdef TICKETLESS
#define TICKET(p)  (7)          /* experiment: QUEUED without a position */
#else
#define TICKET(p)  (p)          /* QUEUED = the ring position itself */
#endif
#ifdef M_RINGLESS
#define PTICKET(p) (p)          /* mutant: the ticket does not name its ring */
#else
#define PTICKET(p) (32+(p))     /* QUEUED in the private ring of worker 0 */
#endif
#ifdef PRIV
#define SHAREDQ(s) ((s) < 32)
#else
#define SHAREDQ(s) ((s) < 64)
#endif
#define CLAIMED(w) (64+(w))
#define RUNNING(w) (80+(w))
#define FREE       100
#define CANC       101
#define PID(w)     ((w)+2)      /* pids: 0 pool, 1 killer, 2.. workers */

/* ---------------- shared memory ---------------- */
byte head, tail;                /* HEAD: hint, CAS by workers; TAIL: pool only */
byte ring[RC];                  /* cell index per position                     */
#ifdef PRIV
byte phead, ptail;              /* the private ring of worker 0                */
byte pring[RC];
bit  pbound[NT];                /* ghost: only worker 0 may run it             */
#endif
byte cst[NC];                   /* cell state word: the ONLY ownership truth   */
byte cres[NC];                  /* result payload (task id + 1)                */
byte dring[NI*DC];               /* per-worker done rings                       */
byte dtail[NI];                 /* published by the worker's store             */
bit  mask[NI];                  /* PARKED_MASK, one bit per worker             */
bit  park[NI];                  /* per-worker futex word                       */
bit  stopw[NI];                 /* per-worker STOP flag                        */
bit  armed;                     /* the pool's futex word                       */
/* ---------------- engine wait lists ---------------- */
bit  swait[NI];                 /* Atomics.wait waiter on park[w]              */
#if ASYNC > 0
bit  apend[NI], ares[NI];       /* waitAsync waiter / its promise is resolved  */
#endif
bit  pwait, pres;               /* the pool's waitAsync waiter / promise       */
/* ---------------- ghost ---------------- */
bit  dead[5];                   /* by pid */
bit  exited[NI];
byte execs[NT];
byte outcome[NT];               /* 0 none 1 result 2 crashed 3 cancelled */
byte ctask[NC];                 /* task in the cell (args) */
bit  finished;
bit  inuse[NC]; byte dhead[NI]; /* pool-local, read by ghost asserts in W      */
bit  pub[NT];                   /* completion was published before the fence */
bit  fenced[NI];                /* pool-local, but read by the ghost above    */

/* ====================== WORKER ====================== */
proctype W()
{
  byte h0, h, c, c2, dt;
#if ASYNC > 0
  byte sev; bit how;
#endif
  bit got, got2, stale;
  {
    skip;
L:
#if ZOMBIE > 0 || defined(FINE)
    atomic { if :: stopw[_pid-2] -> goto X :: else fi };     /* load STOP            */
#endif
#ifdef PRIV
    atomic { if :: _pid == 2 && phead != ptail -> skip       /* load TAIL, private   */
                :: else -> goto LS fi };
    c2 = pring[phead % RC];                                  /* load its entry       */
    atomic { if :: cst[c2] == PTICKET(phead) ->              /* CAS(cell, ticket, CLAIMED|w) */
                   cst[c2] = CLAIMED(0); c = c2; got = 1
                :: else fi;
             c2 = 0 };
    phead = phead + 1;                                       /* CAS(HEAD), alone     */
    if :: got -> goto RUN :: else -> goto L fi;
LS:
#endif
    h0 = head;                                               /* load HEAD            */
    atomic { h = h0; c = tail };                             /* load TAIL (into c)   */
    atomic { if :: h == c -> h = 0; h0 = 0; c = 0; goto P :: else fi };
WALK:
    /* load ring[h]; entry cannot change the outcome: a stale entry fails the CAS */
#ifdef M_HEADFIRST
    atomic { got = (head == h0); if :: got -> head = h0 + 1 :: else fi };
    atomic { if :: !got -> h0 = 0; h = 0; c = 0; goto L :: else fi };
    atomic { c = ring[h0 % RC]; h = 0;
             if :: cst[c] == TICKET(h0) -> cst[c] = CLAIMED(_pid-2); h0 = 0; goto RUN
                :: else -> h0 = 0; c = 0; got = 0; goto L fi };
#endif
#ifdef FINE
    c2 = ring[h % RC];                                       /* load ring entry */
#endif
    atomic {                                                 /* CAS(cell, ticket, CLAIMED|w) */
#ifndef FINE
      c2 = ring[h % RC];
#endif
      if
      :: cst[c2] == TICKET(h) ->
         cst[c2] = CLAIMED(_pid-2);
         if :: !got -> got = 1; c = c2; c2 = 0
            :: else -> got2 = 1 fi;
      :: else -> c2 = 0
      fi;
      h = h + 1;
      if
      :: (got + got2) >= BATCH -> skip
      :: else ->
         if :: got -> skip :: else -> c = 0 fi
      fi
    };
    if
    :: (got + got2) >= BATCH -> goto ADV
    :: else
    fi;
    atomic { if :: h != tail -> goto WALK :: else fi };       /* load TAIL again */
ADV:
    atomic {                                                 /* CAS(HEAD, h0, h) */
#ifdef M_NOHELP
      if :: head == h0 && got -> head = h :: else fi;        /* only a claimer advances */
#else
      if :: head == h0 -> head = h :: else fi;               /* anybody may help */
#endif
#if !defined(TICKETLESS) && !defined(M_RINGLESS)
      /* HEAD never passes a task that is still queued */
      assert(!(inuse[0] && SHAREDQ(cst[0]) && cst[0] < head));
#if NC > 1
      assert(!(inuse[1] && SHAREDQ(cst[1]) && cst[1] < head));
#endif
#endif
      h = 0; h0 = 0;
      if :: !got -> goto L :: else fi
    };
RUN:
#ifdef M_PLAINSTART
    cst[c] = RUNNING(_pid-2);
#else
    atomic { if :: cst[c] == CLAIMED(_pid-2) -> cst[c] = RUNNING(_pid-2)  /* CAS CLAIMED -> RUNNING */
                :: else -> goto NEXT fi };                   /* revoked while we were slow */
#endif
    atomic {                                                 /* user code */
      execs[ctask[c]]++;
#ifdef PRIV
      assert(!pbound[ctask[c]] || _pid == 2);                /* a private task stays private */
#endif
#ifndef RETRY
      assert(execs[ctask[c]] == 1);                          /* at most once */
#endif
      assert(outcome[ctask[c]] != 3);                        /* cancelled while queued: never runs */
      h = ctask[c]
#if !defined(FINE) && ZOMBIE == 0
      ; cres[c] = h + 1; h = 0; dring[(_pid-2)*DC + dt % DC] = c
#endif
    };
#if defined(FINE) || ZOMBIE > 0
    atomic { cres[c] = h + 1; h = 0 };                       /* result bytes */
    dring[(_pid-2)*DC + dt % DC] = c;                         /* done entry */
#endif
    atomic { assert(dt - dhead[_pid-2] < DC);                /* the done ring can never be full */
             dtail[_pid-2] = dt + 1; dt = dt + 1;            /* store DTAIL: publish */
             if :: !fenced[_pid-2] -> pub[ctask[c]] = 1 :: else fi };
#ifdef FINE
    atomic { if :: !armed -> goto NEXT :: else fi };         /* load ARMED */
#endif
    atomic { if :: armed -> armed = 0                        /* CAS(ARMED,1,0) */
                :: else -> goto NEXT fi };
    atomic { if :: pwait -> pwait = 0; pres = 1 :: else fi };/* notify(ARMED) */
NEXT:
    atomic { if :: got2 -> got2 = 0; c = c2; c2 = 0; goto RUN
                :: else -> got = 0; c = 0; c2 = 0; goto L fi };

P:  /* ------------- park ------------- */
#if defined(FINE) || defined(M_ANNOUNCELATE) || defined(M_NORECHECK)
    park[_pid-2] = 1;                                        /* store PARK */
#ifndef M_ANNOUNCELATE
    mask[_pid-2] = 1;                                        /* Atomics.or(MASK) */
#endif
#ifndef M_NORECHECK
    atomic { if :: stopw[_pid-2] -> goto X :: else fi };     /* load STOP */
    h0 = head;                                               /* load HEAD */
    atomic { stale = (h0 != tail); h0 = 0 };                 /* load TAIL */
#if defined(PRIV) && !defined(M_PRIVNORECHECK)
    atomic { if :: _pid == 2 && phead != ptail -> stale = 1 :: else fi };
#endif
#endif
#ifdef M_ANNOUNCELATE
    mask[_pid-2] = 1;                                        /* announced AFTER the check */
#endif
#else
    atomic { park[_pid-2] = 1; mask[_pid-2] = 1 };
    atomic { if :: stopw[_pid-2] -> goto X :: else fi; stale = (head != tail) };
#if defined(PRIV) && !defined(M_PRIVNORECHECK)
    atomic { if :: _pid == 2 && phead != ptail -> stale = 1 :: else fi };
#endif
#endif
    if
    :: stale -> stale = 0; goto UNP                          /* work is there: cancel */
    :: else
    fi;
#if ASYNC > 0
    if
    :: how = 0
    :: how = 1
    fi;
    if
    :: how -> how = 0;                                       /* event-loop worker */
       atomic { if :: apend[_pid-2] -> skip                  /* at most ONE waitAsync outstanding */
                   :: !apend[_pid-2] && park[_pid-2] -> apend[_pid-2] = 1
                   :: else -> ares[_pid-2] = 1 fi };
       if
       :: sev < ASYNC -> sev++; goto UNP                     /* own async work finished first */
       :: true -> ares[_pid-2]; ares[_pid-2] = 0; goto UNP   /* promise resolved */
       fi
    :: else
    fi;
#endif
    atomic { if :: park[_pid-2] -> swait[_pid-2] = 1 :: else fi };  /* Atomics.wait(PARK,1) */
    !swait[_pid-2];
UNP:
#ifdef FINE
    mask[_pid-2] = 0;                                        /* Atomics.and(MASK) */
    park[_pid-2] = 0;                                        /* store PARK */
#else
    atomic { mask[_pid-2] = 0; park[_pid-2] = 0 };
#endif
    goto L;
X:  atomic { exited[_pid-2] = 1; got = 0; got2 = 0; c = 0; c2 = 0; dt = 0; h = 0; h0 = 0 };
    false
  } unless {                                                 /* killed between any two accesses */
    atomic { (dead[_pid] || finished) -> h0 = 0; h = 0; c = 0; c2 = 0; dt = 0; got = 0; got2 = 0; stale = 0;
#if ASYNC > 0
             sev = 0; how = 0;
#endif
             skip };
    finished                                                 /* a dead thread never moves again */
  }
}

/* ====================== KILLER ====================== */
proctype Killer()
{
  byte k;
  do
  :: k < KILLS && !finished ->
     atomic { k++;
     if                                                      /* workers are symmetric: 0 dies first */
     :: !dead[2] && !exited[0] -> dead[2] = 1
#if KILLS > 1
     :: dead[2] && !dead[3] && !exited[1] -> dead[3] = 1
#endif
     :: true -> k = KILLS                                    /* decide not to */
     fi }
  :: k >= KILLS || finished -> break
  od;
  k = 0
}

/* ====================== POOL ====================== */
byte pt, pc, pi, pd, ph;        /* scratch, always reset to 0 */
bit  quar[NC]; byte qown[NC];
bit  todo[NT];
byte nres, nexti, nsus, ncan, nst;
bit  up[NI], cert[NI];

inline RESOLVE(tt, oc) { assert(outcome[tt] == 0); outcome[tt] = oc; nres++ }

#if ASYNC > 0
#ifdef M_NOTIFY1
#define DELIVER(i) if :: apend[i] -> apend[i] = 0; ares[i] = 1 :: else -> swait[i] = 0 fi
#else
#define DELIVER(i) swait[i] = 0; if :: apend[i] -> apend[i] = 0; ares[i] = 1 :: else fi
#endif
#else
#define DELIVER(i) swait[i] = 0
#endif

/* wake one sleeper, if any */
inline WAKE1() {
  do
  :: atomic {                                                /* load MASK; any policy */
     if
     :: up[0] && mask[0] -> pi = 0
     :: up[1] && mask[1] -> pi = 1
#if NI > 2
     :: up[2] && mask[2] -> pi = 2
#endif
     :: else -> pi = 0; break
     fi };
     atomic { if :: mask[pi] -> mask[pi] = 0                 /* Atomics.and: we won the bit */
                 :: else -> pi = 9 fi };
     if
     :: pi == 9 -> pi = 0
     :: else ->
#ifdef FINE
        park[pi] = 0;                                        /* store PARK */
        atomic { DELIVER(pi); pi = 0; break }                /* notify(PARK, all) */
#else
        atomic { park[pi] = 0; DELIVER(pi); pi = 0; break }
#endif
     fi
  od
}

inline TAKE(i) {                                             /* done entries dhead..pd-1 */
  atomic {
    do
    :: dhead[i] != pd ->
       pc = dring[i*DC + dhead[i] % DC];
       assert(inuse[pc]);
       pt = ctask[pc];
       assert(cres[pc] == pt + 1);                           /* whole result, nobody else's */
       assert(execs[pt] >= 1);
       RESOLVE(pt, 1);
       inuse[pc] = 0; cres[pc] = 0; dhead[i]++; pc = 0; pt = 0
    :: else -> break
    od;
    pd = 0
  }
}

inline SWEEP(i) {                                            /* cells still owned by incarnation i */
  ph = 0;
  do
  :: atomic { ph < NC && inuse[ph] && cst[ph] == CLAIMED(i) -> skip };
     atomic { if :: cst[ph] == CLAIMED(i) -> cst[ph] = FREE; /* CAS: it never started: requeue */
                    todo[ctask[ph]] = 1; inuse[ph] = 0
                 :: else -> skip fi }                        /* it started meanwhile: look again */
  :: atomic { ph < NC && inuse[ph] && cst[ph] == RUNNING(i) -> /* started: outcome unknown */
     assert(!pub[ctask[ph]]);                                /* a published result is never thrown away */
     assert(execs[ctask[ph]] >= 1 || dead[PID(i)] || ZOMBIE);
#ifdef RETRY
     todo[ctask[ph]] = 1;
#else
     RESOLVE(ctask[ph], 2);
#endif
     inuse[ph] = 0;
#ifndef M_NOQUARANTINE
     if :: !(dead[PID(i)] || exited[i]) -> quar[ph] = 1; qown[ph] = i
        :: else fi;
#endif
     ph++ }
#if defined(PRIV) && !defined(M_PRIVLEFT)
  :: atomic { i == 0 && ph < NC && inuse[ph] && !SHAREDQ(cst[ph]) && cst[ph] < 64 -> skip };
     atomic { if :: !SHAREDQ(cst[ph]) && cst[ph] < 64 ->     /* CAS(ticket -> CANCELLED): still in its private ring */
                    cst[ph] = CANC; todo[ctask[ph]] = 1; inuse[ph] = 0
                 :: else -> skip fi }
#define LEFTPRIV(i) (i == 0 && !SHAREDQ(cst[ph]) && cst[ph] < 64)
#else
#define LEFTPRIV(i) 0
#endif
  :: atomic { ph < NC && !(inuse[ph] && (LEFTPRIV(i) || cst[ph] == CLAIMED(i) || cst[ph] == RUNNING(i))) -> ph++ }
  :: atomic { ph >= NC -> ph = 0; break }
  od
}

inline FENCE(i) {
  atomic { up[i] = 0; stopw[i] = 1 };
#ifdef M_NODRAIN
  atomic { pd = dhead[i]; fenced[i] = 1 };
#else
  atomic { pd = dtail[i]; fenced[i] = 1 };                   /* load DTAIL: last look at this ring */
#endif
  TAKE(i);
  SWEEP(i);
  mask[i] = 0;
#if NI > 2
  atomic { if :: nexti < NI -> up[nexti] = 1; run W(); nexti++ :: else fi };
#endif
#ifndef M_RECOVERNOWAKE
  WAKE1()                                                    /* as if new work had arrived */
#else
  skip
#endif
}

#if NC > 1
#define ANYFREE   ((!inuse[0] && !quar[0]) || (!inuse[1] && !quar[1]))
#define OWNED(w)  ((inuse[0] && (cst[0]==CLAIMED(w) || cst[0]==RUNNING(w))) || (inuse[1] && (cst[1]==CLAIMED(w) || cst[1]==RUNNING(w))))
#define UNQUAR(w) atomic { if :: quar[0] && qown[0]==w -> quar[0]=0; qown[0]=0; cres[0]=0 :: else fi; if :: quar[1] && qown[1]==w -> quar[1]=0; qown[1]=0; cres[1]=0 :: else fi }
#else
#define ANYFREE   (!inuse[0] && !quar[0])
#define OWNED(w)  (inuse[0] && (cst[0]==CLAIMED(w) || cst[0]==RUNNING(w)))
#define UNQUAR(w) atomic { if :: quar[0] && qown[0]==w -> quar[0]=0; qown[0]=0; cres[0]=0 :: else fi }
#endif

#if NT == 1
#define ANYTODO (todo[0])
#elif NT == 2
#define ANYTODO (todo[0] || todo[1])
#elif NT == 3
#define ANYTODO (todo[0] || todo[1] || todo[2])
#else
#define ANYTODO (todo[0] || todo[1] || todo[2] || todo[3])
#endif

active proctype Pool()
{
  atomic {
    run Killer(); run W(); run W();
    up[0] = 1; up[1] = 1; nexti = 2;
    do :: pc < NC -> cst[pc] = FREE; pc++ :: else -> break od; pc = 0;
    do :: pt < NT -> todo[pt] = 1; pt++ :: else -> break od; pt = 0
  };
IDLE:                                                        /* one event-loop turn per branch */
  do
  :: atomic { nres == NT -> break }

  :: atomic {                                                /* submit one task; load HEAD */
#ifdef M_NOFULLCHECK
       ANYTODO && ANYFREE ->
#else
       ANYTODO && ANYFREE && (tail - head < RC) ->
#endif
       pt = 0; do :: !todo[pt] -> pt++ :: else -> break od;
       pc = 0; do :: inuse[pc] || quar[pc] -> pc++ :: else -> break od;
       todo[pt] = 0; inuse[pc] = 1; ctask[pc] = pt; pt = 0
     };
#ifdef PRIV
     if
     :: atomic { ctask[pc] == NT-1 && up[0] && execs[NT-1] == 0 -> pbound[NT-1] = 1 };
        cst[pc] = PTICKET(ptail);                            /* store cell state */
        pring[ptail % RC] = pc;                              /* store ring entry */
        atomic { ptail = ptail + 1; pc = 0 };                /* store TAIL: publish */
        atomic { if :: mask[0] -> mask[0] = 0                /* Atomics.and: its bit alone */
                    :: else -> goto ARM fi };
        atomic { park[0] = 0; DELIVER(0) };
        goto ARM
     :: atomic { else -> pbound[ctask[pc]] = 0 }
     fi;
#endif
     cst[pc] = TICKET(tail);                                 /* store cell state */
#ifdef M_WAKEFIRST
     WAKE1();
#endif
#ifdef FINE
     ring[tail % RC] = pc;                                   /* store ring entry */
     atomic { tail = tail + 1; pc = 0 };                     /* store TAIL: publish */
#else
     atomic { ring[tail % RC] = pc; tail = tail + 1; pc = 0 };
#endif
#ifndef M_WAKEFIRST
     WAKE1();
#endif
     goto ARM

  :: atomic { pres -> pres = 0 }; goto ARM                   /* waitAsync promise resolved */

#if KILLS > 0
  :: atomic { dead[2] && !fenced[0] -> cert[0] = 1 }; FENCE(0); goto ARM   /* 'exit' events */
#if KILLS > 1
  :: atomic { dead[3] && !fenced[1] -> cert[1] = 1 }; FENCE(1); goto ARM
#endif
#endif

#if ZOMBIE > 0
  :: atomic { nsus < ZOMBIE && up[0] && !dead[2] -> nsus++ }; FENCE(0); goto ARM
#if ZOMBIE > 1
  :: atomic { nsus < ZOMBIE && up[1] && !dead[3] -> nsus++ }; FENCE(1); goto ARM
#endif
  :: atomic { nsus < ZOMBIE -> nsus = ZOMBIE }               /* never suspect: must not be what saves us */
  :: fenced[0] && !cert[0] && OWNED(0) -> SWEEP(0); goto ARM /* watchdog sweep of an uncertified one */
  :: atomic { fenced[0] && !cert[0] && (dead[2] || exited[0]) -> cert[0] = 1 }; SWEEP(0); UNQUAR(0); goto ARM
#if ZOMBIE > 1
  :: fenced[1] && !cert[1] && OWNED(1) -> SWEEP(1); goto ARM
  :: atomic { fenced[1] && !cert[1] && (dead[3] || exited[1]) -> cert[1] = 1 }; SWEEP(1); UNQUAR(1); goto ARM
#endif
#endif

#if STEAL > 0
  :: atomic { nst < STEAL -> nst = STEAL }
  :: atomic { nst < STEAL && inuse[0] && cst[0] >= 64 && cst[0] < 80 ->   /* CAS(CLAIMED -> FREE) */
       nst++; cst[0] = FREE; todo[ctask[0]] = 1; inuse[0] = 0 }; goto ARM
#if NC > 1
  :: atomic { nst < STEAL && inuse[1] && cst[1] >= 64 && cst[1] < 80 ->
       nst++; cst[1] = FREE; todo[ctask[1]] = 1; inuse[1] = 0 }; goto ARM
#endif
#endif

#if CANCEL > 0
  :: atomic { ncan < CANCEL -> ncan = CANCEL }               /* give the right up */
  :: atomic { ncan < CANCEL && inuse[0] -> ncan++;
       if :: cst[0] < 64 -> cst[0] = CANC; RESOLVE(ctask[0], 3); inuse[0] = 0 :: else fi }; goto ARM
#if NC > 1
  :: atomic { ncan < CANCEL && inuse[1] -> ncan++;
       if :: cst[1] < 64 -> cst[1] = CANC; RESOLVE(ctask[1], 3); inuse[1] = 0 :: else fi }; goto ARM
#endif
#endif
  od;

  /* ---- close(): everything is settled; stop and join every worker ---- */
  do
  :: atomic { ph == NI -> ph = 0; break }
  :: atomic { ph < NI && !up[ph] -> ph++ }
  :: atomic { ph < NI && up[ph] -> stopw[ph] = 1 };
     mask[ph] = 0; park[ph] = 0; atomic { DELIVER(ph) };
     (exited[ph] || dead[PID(ph)]);
     ph++
  od;
  atomic { finished = 1; goto END };

ARM: /* end of every event-loop turn: arm, re-check, wait */
  if :: nres == NT -> goto IDLE :: else fi;
#ifdef M_ARMONCE
  if :: pwait -> goto IDLE :: else fi;
#endif
  armed = 1;                                                 /* store ARMED */
#ifndef M_POOLNORECHECK
#ifndef FINE
  atomic {                                                   /* load every DTAIL */
    do
    :: ph < NI && (!up[ph] || dtail[ph] == dhead[ph]) -> ph++
    :: else -> break
    od;
    if
    :: ph < NI -> pd = dtail[ph]
    :: else -> ph = 0; goto ARMED_OK
    fi };
  TAKE(ph); ph = 0; goto ARM;
#else
  do
  :: atomic { ph < NI && (!up[ph] || dtail[ph] == dhead[ph]) -> ph++ }   /* load DTAIL[ph] */
  :: atomic { ph < NI && up[ph] && dtail[ph] != dhead[ph] -> pd = dtail[ph] };
     TAKE(ph); ph = 0; goto ARM
  :: atomic { ph >= NI -> ph = 0; break }
  od;
#endif
#endif
ARMED_OK:
  atomic { if :: pwait -> skip                               /* already registered: ARMED=1 re-arms it */
              :: !pwait && armed -> pwait = 1                /* waitAsync(ARMED, 1) */
              :: else -> pres = 1 fi };                      /* "not-equal": run another turn */
  goto IDLE;
END:
  skip
}

#ifdef LIVE
ltl live { <> finished }
#endif
