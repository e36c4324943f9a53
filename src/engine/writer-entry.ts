import { runWriterThread } from "./writer-thread.ts";

runWriterThread();
