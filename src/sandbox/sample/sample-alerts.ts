// The endless sample: ordinary noise with stories mixed in, the same lines for the same seed and start.
import { alertLine } from "./alert-line.ts";
import { ordinaryEvent } from "./noise.ts";
import { between, pick, seededRandom } from "./random.ts";
import type { Beat, Story } from "./stories.ts";
import {
  accountGuessed,
  agentLostAndBack,
  fileTouched,
  hostileUsersTried,
  malwareDropped,
  passwordForced,
  passwordFound,
  unknownUsersTried,
  windowsForced,
} from "./stories.ts";

export interface Sample {
  readonly seed: number;
  readonly startAt: number;
  /** How much noise; stories keep their own pace. */
  readonly eventsPerSecond: number;
  /** Where the file stands, for the second half of each alert's id. */
  readonly offset: number;
}

export interface SampleEvent {
  readonly at: number;
  /** Without its newline. */
  readonly line: string;
}

// The first minute is always the same play, so that someone who looks for the first time sees every kind of message
// early; after it the stories come at random.
const OPENING: readonly { readonly afterMs: number; readonly story: Story }[] = [
  { afterMs: 400, story: accountGuessed },
  { afterMs: 1_500, story: agentLostAndBack },
  { afterMs: 3_500, story: hostileUsersTried },
  { afterMs: 7_000, story: fileTouched },
  { afterMs: 10_000, story: passwordFound },
  { afterMs: 19_000, story: windowsForced },
  { afterMs: 30_000, story: malwareDropped },
  { afterMs: 42_000, story: unknownUsersTried },
];
const LATER: readonly Story[] = [
  accountGuessed,
  agentLostAndBack,
  agentLostAndBack,
  fileTouched,
  fileTouched,
  hostileUsersTried,
  passwordForced,
  passwordForced,
  passwordFound,
  unknownUsersTried,
  windowsForced,
];

/** The sample's lines alone. */
export function* sampleAlerts(seed: number, startAt: number): Generator<string, never> {
  for (const { line } of sampleEvents({ seed, startAt, eventsPerSecond: 5, offset: 0 })) yield line;
  throw new Error("the sample ended");
}

export function* sampleEvents(sample: Sample): Generator<SampleEvent, never> {
  const random = seededRandom(sample.seed);
  const firedTimes = new Map<string, number>();
  let offset = sample.offset;
  for (const { at, what } of inOrder(noise(sample, random), stories(sample.startAt, seededRandom(~sample.seed)))) {
    const times = (firedTimes.get(what.rule.id) ?? 0) + 1;
    firedTimes.set(what.rule.id, times);
    const line = alertLine(what, { at, firedTimes: times, offset });
    offset += Buffer.byteLength(line) + 1;
    yield { at, line };
  }
  throw new Error("the sample ended");
}

function* noise({ startAt, eventsPerSecond }: Sample, random: () => number): Generator<Beat, never> {
  const meanMs = 1000 / eventsPerSecond;
  let at = startAt;
  for (;;) {
    at += Math.max(1, Math.round(meanMs * 2 * random()));
    yield { at, what: ordinaryEvent(at, random) };
  }
}

/** Each story's beats come out together; they overlap with the next story's. */
function* stories(startAt: number, random: () => number): Generator<readonly Beat[], never> {
  for (const { afterMs, story } of OPENING) yield story(startAt + afterMs, random);
  let at = startAt + 60_000;
  for (;;) {
    yield pick(random, LATER)(at, random);
    at += between(random, 6_000, 20_000);
  }
}

function* inOrder(noise: Generator<Beat, never>, stories: Generator<readonly Beat[], never>): Generator<Beat, never> {
  const told: Beat[] = [...stories.next().value];
  let nextNoise = noise.next().value;
  let nextStory = stories.next().value;
  for (;;) {
    // A story begins before the noise that would overtake it, so that its beats are there to be sorted in.
    while ((nextStory[0]?.at ?? 0) <= nextNoise.at) {
      told.push(...nextStory);
      nextStory = stories.next().value;
    }
    told.sort((left, right) => left.at - right.at);
    while (told[0] !== undefined && told[0].at <= nextNoise.at) yield told.shift()!;
    yield nextNoise;
    nextNoise = noise.next().value;
  }
}
