/* stores.pml - where arguments and results lie: the arena and the result ring
 *
 * The host allocates a block for the arguments of a task, a worker reads it
 * and writes the result into its byte ring, the host copies the result and
 * gives the room back with FREED. The worker may be declared dead while it
 * runs; it then reads and writes on until it is gone (the certificate).
 *
 *   spin -a stores.pml; gcc -O2 -DSAFETY -o pan pan.c; ./pan -m300000
 *
 * NT tasks, NB argument blocks, U units in the first result ring and 2*U in the
 * one it goes on in; a result is 1 or 2 units long, as the task says.
 * One transition per access that another thread can see.
 */
#ifndef NT
#define NT 6
#endif
#define NB 3
#define U  4
#define LEN(t) ((t) % 3 == 0 -> 1 : 2)
#define SLOT(p, seg) ((seg) * U + (p) % (U + (seg) * U))

byte block[NB];                 /* argument bytes: task + 1 */
bit  used[NB];                  /* the host's list */
byte args[NT];                  /* which block a task's arguments are in */
byte sent, started, done;       /* TAIL, the start mark, DTAIL */
byte freed[2];                  /* FREED of both rings */
byte unit[3*U];                 /* result bytes: task + 1 */
byte rseg[NT], rpos[NT];        /* where a result lies: in its cell */
bit  fenced, gone;              /* STOP, the certificate */

active proctype Worker()
{
  byte t, at, n, skip0, seg, w[2];
  do
  :: atomic { fenced -> gone = 1; break }                    /* STOP is seen */
  :: atomic { t == NT -> gone = 1; break }
  :: atomic { t < NT && sent > t && !fenced -> started = t + 1 };
     atomic { assert(block[args[t]] == t + 1) };             /* arguments, at the start of a task */
     atomic { assert(block[args[t]] == t + 1);               /* and at its end */
#ifndef M_RINGSKIP
              skip0 = 0;
#endif
              n = LEN(t);
              at = w[seg] % (U + seg * U);
              skip0 = ((at + n > U + seg * U) -> (U + seg * U - at) : 0) };
     atomic {                                                /* load FREED */
       if
#ifdef M_NOFULL
       :: true ->
#else
#ifdef M_RINGSKIP
       :: (w[seg] - freed[seg]) + n <= U + seg * U ->
#else
       :: (w[seg] - freed[seg]) + skip0 + n <= U + seg * U ->
#endif
#endif
          skip
#ifndef M_NOFULL
       :: else -> assert(seg == 0 || gone); seg = 1; skip0 = 0  /* goes on in a larger ring */
#endif
       fi;
       w[seg] = w[seg] + skip0 };
     rpos[t] = w[seg]; rseg[t] = seg;
     do
     :: n > 0 -> atomic { unit[SLOT(w[seg], seg)] = t + 1; w[seg] = w[seg] + 1; n-- }
     :: else -> break
     od;
     atomic { t++; done = t; at = 0; skip0 = 0 }             /* store DTAIL */
  od
}

active proctype Host()
{
  byte s, d, b, i;
  bit deaf;
  do
  :: atomic { d == NT -> break }
  :: atomic { deaf && gone -> break }
  :: atomic { !deaf && s < NT && (!used[0] || !used[1] || !used[2]) ->   /* allocate, write, publish */
#ifdef M_SAMEBLOCK
              b = 0;
#else
              b = (used[0] -> (used[1] -> 2 : 1) : 0);
#endif
              used[b] = 1; args[s] = b };
     block[b] = s + 1;
     atomic { s++; sent = s; b = 0 }
  :: atomic { !deaf && done > d -> i = 0 };                  /* load DTAIL */
#ifdef M_FREEFIRST
     freed[rseg[d]] = rpos[d] + LEN(d);                      /* mutant: before the copy */
#endif
     do
     :: i < LEN(d) -> atomic { assert(unit[SLOT(rpos[d] + i, rseg[d])] == d + 1); i++ }
     :: else -> break
     od;
     freed[rseg[d]] = rpos[d] + LEN(d);                      /* store FREED */
     atomic { used[args[d]] = 0; d++; i = 0 }                /* settled: the block is free */
#ifdef FENCE
  :: atomic { !deaf && d < s -> deaf = 1; fenced = 1 };      /* declared dead: its done ring is not read any more */
#ifdef M_NOQUARANTINE
     block[0] = 99; block[1] = 99; block[2] = 99;                         /* mutant: others write there */
#else
     gone;                                                   /* the certificate */
     block[0] = 99; block[1] = 99; block[2] = 99
#endif
#endif
  od
}
