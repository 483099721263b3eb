/*
 * A disk that is slow, stuck or broken, or loses its power: preloaded into a server, it stands before fsync and fdatasync, and before pread
 * for bundles. The file that HELD_DISK names is read at each call: its first letter says what happens to those of the database's files
 * and of bundles.
 *   d<milliseconds>  they take so much longer
 *   u<milliseconds>  those of bundles take so much longer
 *   h                they are held until it says something else
 *   f                those of the -wal file fail with EIO
 *   r                reads of bundles are held until it says something else, and no sync is
 * Every call, of reads those that are held, is told in the file that HELD_DISK_LOG names, with who made it: `loop` for the thread that the process began with.
 * The folder that HELD_DISK_IMAGE names gets what is surely on disk: each file as it was when its last sync began.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void nap(long milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
  nanosleep(&time, NULL);
}

static void name_of(int descriptor, char *name, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, name, size - 1);
  name[length < 0 ? 0 : length] = 0;
}

static void tell(const char *call, const char *name) {
  const char *log = getenv("HELD_DISK_LOG");
  if (log == NULL) return;
  int file = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return;
  char line[PATH_MAX + 64];
  int length = snprintf(line, sizeof line, "%s %s %s\n", call,
                        syscall(SYS_gettid) == getpid() ? "loop" : "thread", name);
  if (length > 0 && write(file, line, (size_t)length) < 0) perror("held-disk");
  close(file);
}

static void read_order(char *order, size_t size) {
  const char *path = getenv("HELD_DISK");
  order[0] = 0;
  if (path == NULL) return;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  ssize_t length = read(file, order, size - 1);
  order[length < 0 ? 0 : length] = 0;
  close(file);
}

/* Through the descriptor that is there: closing another one of the same file would free SQLite's locks on it. */
static int copy_bytes(int input, const char *to) {
  static const size_t size = 1 << 16;
  int output = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  char *piece = malloc(size);
  int is_done = 0;
  if (output >= 0 && piece != NULL) {
    for (off_t at = 0;;) {
      ssize_t length = pread(input, piece, size, at);
      if (length == 0) is_done = 1;
      if (length <= 0 || write(output, piece, (size_t)length) != length) break;
      at += length;
    }
  }
  free(piece);
  if (output >= 0) close(output);
  return is_done;
}

/* Syncs a file of the database; its image becomes what it was before. */
static int synced(int (*real)(int), int descriptor, const char *name) {
  const char *folder = getenv("HELD_DISK_IMAGE"), *slash = strrchr(name, '/');
  char image[PATH_MAX], part[PATH_MAX + 32];
  if (folder == NULL || slash == NULL) return real(descriptor);
  snprintf(image, sizeof image, "%s%s", folder, slash);
  snprintf(part, sizeof part, "%s.%ld", image, (long)syscall(SYS_gettid));
  int is_copied = copy_bytes(descriptor, part);
  int result = real(descriptor);
  if (result != 0 || !is_copied || rename(part, image) != 0) fprintf(stderr, "held-disk: no image of %s\n", name);
  return result;
}

static int held(const char *call, int descriptor) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, call);
  char name[PATH_MAX], order[32];
  name_of(descriptor, name, sizeof name);
  int is_database = strstr(name, "server.db") != NULL;
  if (!is_database && strstr(name, "/data/bundles") == NULL) return real(descriptor);
  tell(call, name);
  for (;;) {
    read_order(order, sizeof order);
    if (order[0] != 'h') break;
    nap(5);
  }
  if (order[0] == 'd' || (order[0] == 'u' && !is_database)) nap(atol(order + 1));
  if (order[0] == 'f' && strstr(name, "-wal") != NULL) {
    errno = EIO;
    return -1;
  }
  return is_database ? synced(real, descriptor, name) : real(descriptor);
}

/* Nobody reads a bundle that is being held back: of others nothing is told, because there are too many. */
static void hold_read(int descriptor) {
  char name[PATH_MAX], order[32];
  name_of(descriptor, name, sizeof name);
  if (strstr(name, "/data/bundles") == NULL) return;
  for (int is_told = 0;; is_told = 1) {
    read_order(order, sizeof order);
    if (order[0] != 'r') return;
    if (!is_told) tell("pread", name);
    nap(5);
  }
}

ssize_t pread64(int descriptor, void *buffer, size_t size, off64_t at) {
  ssize_t (*real)(int, void *, size_t, off64_t) =
      (ssize_t (*)(int, void *, size_t, off64_t))dlsym(RTLD_NEXT, "pread64");
  hold_read(descriptor);
  return real(descriptor, buffer, size, at);
}

ssize_t pread(int descriptor, void *buffer, size_t size, off_t at) { return pread64(descriptor, buffer, size, at); }

int fsync(int descriptor) { return held("fsync", descriptor); }

int fdatasync(int descriptor) { return held("fdatasync", descriptor); }
