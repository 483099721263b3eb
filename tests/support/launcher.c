/*
 * Starts programs for a test: forking this small process costs a few milliseconds, forking a Jest worker of several hundred megabytes a
 * tenth of a second. It reads requests from its standard input and writes what the programs print, and how they end, to its standard
 * output; it ends with its input, when no program runs any more. `launcher.ts` is the other side. All numbers are 32 bits, little-endian.
 *
 *   request: length of the rest, id, uid and gid (both -1: nobody else), number of arguments, number of variables, length of the input;
 *            then the folder (empty: this one), the arguments and the variables, each with a zero byte at its end; then the input
 *   answer:  length of the rest, id, kind; then output (1) or errors (2) as bytes, the exit code or -signal (3), or errno of a program
 *            that could not be started (4)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_RUNS = 500, PIECE = 65536, HEADER = 6 };
enum { OUTPUT = 1, ERRORS = 2, ENDED = 3, NOT_STARTED = 4 };

struct run {
  uint32_t id;
  pid_t pid; /* 0: has ended */
  int32_t code;
  int pipes[2]; /* output and errors; -1: closed */
};

static struct run runs[MAX_RUNS];
static int count;
extern char **environ;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void write_all(int fd, const void *data, size_t size) {
  const char *at = data;
  while (size > 0) {
    ssize_t written = write(fd, at, size);
    if (written < 0 && errno != EINTR) fail("launcher: write");
    if (written > 0) at += written, size -= written;
  }
}

static void answer(uint32_t id, uint32_t kind, const void *data, uint32_t size) {
  uint32_t head[3] = {size + 8, id, kind};
  write_all(1, head, sizeof head);
  write_all(1, data, size);
}

/* @return whether there was so much */
static int read_exactly(void *to, size_t size) {
  size_t have = 0;
  while (have < size) {
    ssize_t got = read(0, (char *)to + have, size - have);
    if (got == 0) return 0;
    if (got < 0 && errno != EINTR) fail("launcher: read");
    if (got > 0) have += got;
  }
  return 1;
}

/* A file in memory takes input of any length at once. */
static int input_of(const char *data, size_t size) {
  int fd = size == 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : memfd_create("input", MFD_CLOEXEC);
  if (fd < 0) fail("launcher: input");
  if (size > 0) write_all(fd, data, size), lseek(fd, 0, SEEK_SET);
  return fd;
}

static char **strings(char **at, uint32_t number) {
  char **list = calloc(number + 1, sizeof *list);
  if (list == NULL) fail("launcher: memory");
  for (uint32_t i = 0; i < number; i++) {
    list[i] = *at;
    *at += strlen(*at) + 1;
  }
  return list;
}

static void start(char *request, uint32_t length) {
  uint32_t head[HEADER];
  memcpy(head, request, sizeof head);
  uint32_t id = head[0], uid = head[1], gid = head[2];
  char *at = request + sizeof head;
  char *folder = at;
  at += strlen(at) + 1;
  char **arguments = strings(&at, head[3]);
  char **variables = strings(&at, head[4]);
  if (at + head[5] != request + length) fail("launcher: request");
  int input = input_of(at, head[5]);
  int out[2], err[2];
  if (count == MAX_RUNS || pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0) fail("launcher: pipe");

  volatile int error = 0;
  char **own = environ;
  environ = variables; /* execvp looks at the PATH of the program to start */
  pid_t pid = vfork();
  if (pid < 0) fail("launcher: vfork");
  if (pid == 0) {
    sigset_t none;
    sigemptyset(&none);
    dup2(input, 0), dup2(out[1], 1), dup2(err[1], 2);
    int ready = (*folder == '\0' || chdir(folder) == 0) &&
                (gid == UINT32_MAX || (setgroups(0, NULL) == 0 && setgid(gid) == 0)) &&
                (uid == UINT32_MAX || setuid(uid) == 0) && sigprocmask(SIG_SETMASK, &none, NULL) == 0;
    if (ready) execvp(arguments[0], arguments);
    error = errno;
    _exit(127);
  }
  environ = own;
  free(arguments), free(variables);
  close(input), close(out[1]), close(err[1]);
  if (error != 0) {
    int32_t number = error;
    waitpid(pid, NULL, 0);
    close(out[0]), close(err[0]);
    answer(id, NOT_STARTED, &number, sizeof number);
    return;
  }
  runs[count++] = (struct run){id, pid, 0, {out[0], err[0]}};
}

/* @return whether there was a request, instead of the end */
static int take_request(void) {
  uint32_t length;
  if (!read_exactly(&length, sizeof length)) return 0;
  char *request = malloc(length);
  if (request == NULL) fail("launcher: memory");
  int whole = read_exactly(request, length);
  if (whole) start(request, length);
  free(request);
  return whole;
}

static void reap(void) {
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
    for (int i = 0; i < count; i++)
      if (runs[i].pid == pid) {
        runs[i].pid = 0;
        runs[i].code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
      }
}

static void forward(struct run *run, int which) {
  static char piece[PIECE];
  ssize_t got = read(run->pipes[which], piece, sizeof piece);
  if (got > 0) answer(run->id, which == 0 ? OUTPUT : ERRORS, piece, got);
  if (got > 0 || (got < 0 && errno == EINTR)) return;
  close(run->pipes[which]);
  run->pipes[which] = -1;
}

int main(void) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  int children = signalfd(-1, &child, SFD_CLOEXEC);
  if (children < 0) fail("launcher: signalfd");

  static struct pollfd fds[2 + 2 * MAX_RUNS];
  int requests = 0;
  while (requests >= 0 || count > 0) {
    fds[0] = (struct pollfd){requests, POLLIN, 0};
    fds[1] = (struct pollfd){children, POLLIN, 0};
    int polled = count; /* poll passes over -1 */
    for (int i = 0; i < polled; i++)
      for (int which = 0; which < 2; which++)
        fds[2 + 2 * i + which] = (struct pollfd){runs[i].pipes[which], POLLIN, 0};
    if (poll(fds, 2 + 2 * polled, -1) < 0) fail("launcher: poll");
    if (fds[1].revents != 0) {
      struct signalfd_siginfo info;
      if (read(children, &info, sizeof info) < 0) fail("launcher: signalfd");
      reap();
    }
    for (int i = 0; i < polled; i++)
      for (int which = 0; which < 2; which++)
        if (fds[2 + 2 * i + which].revents != 0) forward(&runs[i], which);
    for (int i = count - 1; i >= 0; i--)
      if (runs[i].pid == 0 && runs[i].pipes[0] < 0 && runs[i].pipes[1] < 0) {
        answer(runs[i].id, ENDED, &runs[i].code, sizeof runs[i].code);
        runs[i] = runs[--count];
      }
    if (fds[0].revents != 0 && !take_request()) requests = -1;
  }
  return 0;
}
