// Loaded before libc (LD_PRELOAD), makes each sync take RIPOSTE_SYNC_MS longer, as on a slow disk.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_for_disk(void) {
  const char *ms = getenv("RIPOSTE_SYNC_MS");
  long long ns = ms ? atoll(ms) * 1000000LL : 0;
  struct timespec left = {ns / 1000000000LL, ns % 1000000000LL};
  while (nanosleep(&left, &left) != 0) {
  }
}

int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  wait_for_disk();
  return real(fd);
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  wait_for_disk();
  return real(fd);
}
