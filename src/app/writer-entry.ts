// What the Writer's thread runs: the engine's loop, with the connectors and sources that it is not allowed to know.
import { openDestinations } from "../connectors/destinations.ts";
import { runWriterThread } from "../engine/writer-thread.ts";
import { readStoredLine } from "../sources/stored-line.ts";

runWriterThread({ openDestinations, readFacts: readStoredLine });
