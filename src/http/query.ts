// The values that requests are made of.
import { z } from "zod";

/** A row's number, in a path or a query. */
export const Id = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "must be a whole number from 1")
  .transform(Number);

export const Limit = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, "must be a whole number from 1 to 1000")
  .transform(Number)
  .refine((limit) => limit <= 1_000, "must be a whole number from 1 to 1000");

export const Word = z.string().min(1).max(200);
