/*
 * Drives an HTTPS server with libcurl's multi interface, as RAUC's streaming does, and compares each answer with a file.
 * Prints one line of JSON; exit code 0 when nothing went wrong.
 *
 *   curl-load --url URL --copy FILE --ca CA --cert CERT --key KEY --requests N --parallel N
 *             [--range BYTES] [--http1] [--connections kept|new|resumed|stalled] [--addresses] [--gate WARM_UP]
 *             [--patience SECONDS]
 *
 * --cert and --key   may be given many times: the transfers that are under way at once take them in turn
 * --range            random ranges of so many bytes, aligned like the reads of a block device; else the whole
 * --http1            HTTP/1.1, one connection for each transfer; else HTTP/2 is insisted on
 * --connections new, resumed: one for each request, the latter with the TLS session of the one before;
 *                    stalled: one for each request, which is read no further than the first bytes
 * --addresses        transfers come from addresses of loopback of their own, as devices do
 * --gate             makes so many requests that are not counted, says "ready", begins at a line on standard input, and keeps its
 *                    connections until standard input ends: others can measure in between
 * --patience         gives up when no byte has arrived and no request has ended for so long; 60 if left out
 */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum connections { KEPT, NEW, RESUMED, STALLED };
static const char *const connection_names[] = {"kept", "new", "resumed", "stalled"};

struct transfer {
  CURL *curl;
  size_t start, length, received;
  int differs, waits;
  char details[CURL_ERROR_SIZE];
};

#define MAX_DEVICES 1024
static const char *url, *ca, *certs[MAX_DEVICES], *keys[MAX_DEVICES];
static size_t cert_count, key_count;
static long requests, parallel, warm_up, patience = 60;
static size_t range_bytes;
static enum connections how;
static int is_http1, has_addresses, is_gated, gave_up;

static const unsigned char *copy;
static size_t copy_size;
static unsigned int seed = 1;
static CURLM *multi;
static int (*session_reused)(const void *);

static long started, finished, errors, wrong, opened, resumed, stalled, repeated;
static unsigned long long bytes;
static char first_error[2 * CURL_ERROR_SIZE];
static double moved; /* when something last arrived or ended, in seconds */

static void fail(const char *what) {
  if (errors++ == 0) snprintf(first_error, sizeof first_error, "request %ld: %s", finished, what);
}

static void die(const char *what) {
  fprintf(stderr, "curl-load: %s\n", what);
  exit(2);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Whether a server that never answers has to be given up, which counts as an error. */
static int is_stuck(void) {
  char what[80];
  if (seconds() - moved < (double)patience) return 0;
  snprintf(what, sizeof what, "nothing arrived for %ld s, %ld in progress", patience, started - finished - stalled);
  fail(what);
  return gave_up = 1;
}

static size_t receive(char *data, size_t one, size_t count, void *context) {
  struct transfer *transfer = context;
  size_t size = one * count;
  moved = seconds();
  if (transfer->received == 0 && (how == NEW || how == RESUMED)) {
    struct curl_tlssessioninfo *session = NULL;
    curl_easy_getinfo(transfer->curl, CURLINFO_TLS_SSL_PTR, &session);
    if (session && session->internals && session_reused(session->internals)) resumed++;
  }
  if (transfer->received + size > transfer->length ||
      memcmp(copy + transfer->start + transfer->received, data, size) != 0)
    transfer->differs = 1;
  if (how == STALLED && !transfer->differs) {
    if (!transfer->waits) stalled++;
    transfer->waits = 1;
    return CURL_WRITEFUNC_PAUSE;
  }
  transfer->received += size;
  bytes += size;
  return size;
}

/* What a stalled connection does not read is to wait at the server. */
static int shrink_socket(void *context, curl_socket_t socket, curlsocktype purpose) {
  int size = 16 << 10;
  (void)context;
  (void)purpose;
  return setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof size) == 0 ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR;
}

static struct transfer *prepare(long index) {
  struct transfer *transfer = calloc(1, sizeof *transfer);
  CURL *curl = transfer->curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_SSLCERT, certs[(size_t)index % cert_count]);
  curl_easy_setopt(curl, CURLOPT_SSLKEY, keys[(size_t)index % cert_count]);
  curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, is_http1 ? (long)CURL_HTTP_VERSION_1_1 : (long)CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->details);
  if (how == KEPT) {
    curl_easy_setopt(curl, CURLOPT_PIPEWAIT, 1L); /* one connection where the protocol allows it */
  } else {
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, how == RESUMED ? 1L : 0L);
  }
  if (how == STALLED) curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, shrink_socket);
  if (has_addresses) {
    char address[32];
    snprintf(address, sizeof address, "host!127.0.0.%ld", 2 + index % 250);
    curl_easy_setopt(curl, CURLOPT_INTERFACE, address);
    curl_easy_setopt(curl, CURLOPT_IPRESOLVE, (long)CURL_IPRESOLVE_V4);
  }
  return transfer;
}

static void begin(struct transfer *transfer) {
  transfer->start = 0;
  transfer->length = copy_size;
  if (range_bytes > 0) {
    char range[64];
    size_t blocks = (copy_size + range_bytes - 1) / range_bytes;
    transfer->start = (size_t)rand_r(&seed) % blocks * range_bytes;
    transfer->length = range_bytes;
    if (transfer->start + transfer->length > copy_size) transfer->length = copy_size - transfer->start;
    snprintf(range, sizeof range, "%zu-%zu", transfer->start, transfer->start + transfer->length - 1);
    curl_easy_setopt(transfer->curl, CURLOPT_RANGE, range);
  }
  transfer->received = 0;
  transfer->differs = 0;
  transfer->details[0] = 0;
  started++;
  curl_multi_add_handle(multi, transfer->curl);
}

/*
 * A few of thousands of connections were given up by libcurl 7.88 with CURLE_SEND_ERROR, no details and nothing received; why is not
 * known. For downloads that are only to be held up, another one does.
 */
static int can_repeat(const struct transfer *transfer, CURLcode result, long status) {
  return how == STALLED && result == CURLE_SEND_ERROR && status == 0 && transfer->received == 0 &&
         repeated < 1 + requests / 100;
}

static void judge(struct transfer *transfer, CURLcode result) {
  long status = 0, connects = 0;
  curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(transfer->curl, CURLINFO_NUM_CONNECTS, &connects);
  opened += connects;
  finished++;
  moved = seconds();
  if (can_repeat(transfer, result, status)) {
    repeated++;
  } else if (result != CURLE_OK || status != (range_bytes > 0 ? 206 : 200)) {
    char what[CURL_ERROR_SIZE + 120];
    snprintf(what, sizeof what, "status %ld, %s: %s", status, curl_easy_strerror(result), transfer->details);
    for (char *at = what; *at; at++)
      if (*at < ' ' || *at == '"' || *at == '\\') *at = ' '; /* it becomes part of JSON */
    fail(what);
  } else if (transfer->differs || transfer->received != transfer->length) {
    wrong++;
  }
}

/* Returns a transfer that has ended, or NULL when all go on. */
static struct transfer *progress(void) {
  int running, left;
  CURLMsg *message;
  curl_multi_perform(multi, &running);
  while ((message = curl_multi_info_read(multi, &left))) {
    struct transfer *transfer;
    if (message->msg != CURLMSG_DONE) continue;
    CURLcode result = message->data.result;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    curl_multi_remove_handle(multi, transfer->curl);
    judge(transfer, result);
    return transfer;
  }
  return NULL;
}

static void drive(struct transfer **transfers, long count) {
  started = finished = opened = resumed = 0;
  bytes = 0;
  moved = seconds();
  for (long i = 0; i < parallel && i < count; i++) begin(transfers[i]);
  while (finished < count && !is_stuck()) {
    struct transfer *ended = progress();
    if (ended && started < count) begin(ended);
    if (!ended) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
}

/* No more than a few connect at once, so that none waits longer for its handshake than the server allows. */
static void stall(void) {
  moved = seconds();
  while (stalled < requests && errors + wrong == 0 && !is_stuck()) {
    while (started - repeated < requests && started - repeated - stalled < parallel) begin(prepare(started));
    long before = repeated;
    struct transfer *ended = progress();
    if (ended && errors + wrong == 0 && repeated == before) fail("the download was not held up");
    if (!ended) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
}

static void pass_gate(void) {
  puts("ready");
  fflush(stdout);
  if (getchar() == EOF) exit(1);
}

static void open_copy(const char *path) {
  struct stat status;
  int file = open(path, O_RDONLY);
  if (file < 0 || fstat(file, &status) != 0) die(path);
  copy_size = (size_t)status.st_size;
  copy = mmap(NULL, copy_size, PROT_READ, MAP_SHARED, file, 0);
  if (copy == MAP_FAILED) die(path);
}

static void allow_many_files(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

static enum connections connections_named(const char *name) {
  for (int i = KEPT; i <= STALLED; i++)
    if (strcmp(name, connection_names[i]) == 0) return (enum connections)i;
  die("--connections takes kept, new, resumed or stalled");
  return KEPT;
}

static void read_options(int argc, char **argv) {
  static const struct option options[] = {
      {"url", 1, 0, 'u'},      {"copy", 1, 0, 'f'},      {"ca", 1, 0, 'a'},    {"cert", 1, 0, 'c'},
      {"key", 1, 0, 'k'},      {"requests", 1, 0, 'n'},  {"parallel", 1, 0, 'p'}, {"range", 1, 0, 's'},
      {"http1", 0, 0, '1'},    {"connections", 1, 0, 'o'}, {"addresses", 0, 0, 'b'}, {"gate", 1, 0, 'g'},
      {"patience", 1, 0, 'w'}, {0, 0, 0, 0}};
  const char *file = NULL;
  int option;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
    switch (option) {
    case 'u': url = optarg; break;
    case 'f': file = optarg; break;
    case 'a': ca = optarg; break;
    case 'c': if (cert_count < MAX_DEVICES) certs[cert_count++] = optarg; break;
    case 'k': if (key_count < MAX_DEVICES) keys[key_count++] = optarg; break;
    case 'n': requests = atol(optarg); break;
    case 'p': parallel = atol(optarg); break;
    case 's': range_bytes = (size_t)atoll(optarg); break;
    case '1': is_http1 = 1; break;
    case 'o': how = connections_named(optarg); break;
    case 'b': has_addresses = 1; break;
    case 'w': patience = atol(optarg); break;
    case 'g': is_gated = 1; warm_up = atol(optarg); break;
    default: exit(2);
    }
  }
  if (!url || !file || !ca || cert_count < 1 || cert_count != key_count || requests < 1 || parallel < 1)
    die("something is missing");
  open_copy(file);
}

int main(int argc, char **argv) {
  double took;
  read_options(argc, argv);
  allow_many_files();
  curl_global_init(CURL_GLOBAL_ALL);
  /* Of the OpenSSL that libcurl has loaded: its headers need not be installed. */
  *(void **)&session_reused = dlsym(RTLD_DEFAULT, "SSL_session_reused");
  if (!session_reused) die("libcurl is not built with OpenSSL");
  multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (how == STALLED ? requests : parallel) + 1);
  if (how == STALLED) {
    double from = seconds();
    stall();
    if (is_gated) pass_gate();
    took = seconds() - from;
  } else {
    struct transfer **transfers = calloc((size_t)parallel, sizeof *transfers);
    for (long i = 0; i < parallel; i++) transfers[i] = prepare(i);
    if (warm_up > 0) drive(transfers, warm_up);
    if (is_gated) pass_gate();
    double from = seconds();
    if (!gave_up) drive(transfers, requests);
    took = seconds() - from;
  }
  printf("{\"requests\":%ld,\"errors\":%ld,\"wrong\":%ld,\"connections\":%ld,\"resumed\":%ld,\"repeated\":%ld,\"bytes\":%llu,\"seconds\":%.3f,"
         "\"firstError\":\"%s\"}\n",
         how == STALLED ? stalled : finished, errors, wrong, opened, resumed, repeated, bytes, took, first_error);
  fflush(stdout);
  while (is_gated && getchar() != EOF) {
  }
  return errors || wrong ? 1 : 0;
}
