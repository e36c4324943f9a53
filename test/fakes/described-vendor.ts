import type { Vendor, VendorAnswer, VendorRequest } from "./vendor.ts";

/** What a vendor has published of its API: what is wrong with what goes through, by that. */
export interface Description {
  checkRequest(request: VendorRequest): readonly string[];
  checkAnswer(request: VendorRequest, answer: VendorAnswer): readonly string[];
}

/** Stands in front of a fake and keeps what the description has against what goes through. */
export class DescribedVendor implements Vendor {
  /** All of them, in their order. */
  readonly faults: string[] = [];
  readonly requestFaults: string[] = [];
  readonly answerFaults: string[] = [];
  readonly #vendor: Vendor;
  readonly #description: Description;

  constructor(vendor: Vendor, description: Description) {
    this.#vendor = vendor;
    this.#description = description;
  }

  handle(request: VendorRequest, nowMs: number): VendorAnswer {
    const answer = this.#vendor.handle(request, nowMs);
    const of = (fault: string): string => `${request.method} ${request.path}: ${fault}`;
    const ofRequest = this.#description.checkRequest(request).map(of);
    const ofAnswer = this.#description.checkAnswer(request, answer).map(of);
    this.requestFaults.push(...ofRequest);
    this.answerFaults.push(...ofAnswer);
    this.faults.push(...ofRequest, ...ofAnswer);
    return answer;
  }
}
