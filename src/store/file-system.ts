import { statfsSync } from "node:fs";

// The magic numbers of Linux (man 2 statfs). FUSE is not here: local disks come that way as well.
const NETWORK: Readonly<Record<number, string>> = {
  0x6969: "NFS",
  0x517b: "SMB",
  0xff534d42: "CIFS",
  0xfe534d42: "SMB",
  0x564c: "NetWare",
  0x5346414f: "AFS",
  0x73757245: "Coda",
  0x00c36400: "Ceph",
  0x0bd00bd0: "Lustre",
  0x47504653: "GPFS",
  0xaad7aaea: "PanFS",
  0x01021997: "9p",
};

/** The name of a file system on which SQLite's locks and shared memory can't be trusted; null: none that we know. */
export function networkFileSystem(type: number): string | null {
  // The kernel's number is signed on some architectures.
  return NETWORK[type >>> 0] ?? null;
}

export function fileSystemOf(folder: string): number {
  return statfsSync(folder).type;
}
