// What keeps a process small that runs on somebody else's machine for months. What each spares was measured over TLS,
// at the end of a backlog (bench: forward).

/** V8 reads these when it starts only. */
const FLAGS = [
  // Everything is interpreted. The compilers that make fast code out of warm: 2 MB of their own pages, and work space.
  "--no-opt",
  "--no-maglev",
  // The one that makes it out of all that runs: another 1.5 MB, of code above all. Without it a line that is refused
  // costs half as much again, some 3 µs, of which there are 2 % of a processor at 6,000 lines a second.
  "--no-sparkplug",
  // Room for what is new begins with this, and never grows.
  "--max-semi-space-size=1",
  "--single-threaded",
  "--expose-gc",
];

/** Read when libuv and glibc start. */
const ENVIRONMENT = {
  // Each thread of the pool keeps memory of its own; here it only asks for names and unpacks what monitord packed.
  UV_THREADPOOL_SIZE: "1",
  // What batches and the compressor take is given back at once, and not kept in pieces.
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: "65536",
  MALLOC_TRIM_THRESHOLD_: "65536",
  MALLOC_TOP_PAD_: "16384",
};

/** Begins the program anew in the same process, as if it had been called with the flags; to be called before all else. */
export function beginSmall(): void {
  const { execPath, execArgv, argv } = process;
  const env = { ...ENVIRONMENT, ...process.env } as Record<string, string>;
  // Not on every system; there it runs as it is.
  if (FLAGS.every((flag) => execArgv.includes(flag)) || typeof process.execve !== "function") return;
  process.execve(execPath, [execPath, ...FLAGS, ...execArgv, ...argv.slice(1)], env);
}

const MIB = 1_048_576;
/** What was allocated since, and is mostly garbage. */
const MINOR_EVERY_BYTES = MIB;
const MAJOR_EVERY_BYTES = 5 * MIB;

/**
 * To be told what each call has left behind outside V8's heap: buffers of bodies, of TLS and of the compressor. V8
 * hardly sees them and would let 25 MB of them gather before it looks.
 */
export function collector(): (bytes: number) => void {
  const { gc } = globalThis;
  if (gc === undefined) return () => {};
  let [sinceMinor, sinceMajor] = [0, 0];
  return (bytes) => {
    sinceMinor += bytes;
    sinceMajor += bytes;
    if (sinceMajor >= MAJOR_EVERY_BYTES) {
      gc();
      sinceMinor = sinceMajor = 0;
    } else if (sinceMinor >= MINOR_EVERY_BYTES) {
      gc({ type: "minor" });
      sinceMinor = 0;
    }
  };
}
