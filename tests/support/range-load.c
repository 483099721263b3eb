/*
 * Asks for many byte ranges of one URL, many at once, as RAUC's streaming does with libcurl's multi interface, and
 * compares each answer with a local copy of the file. Prints one line of JSON; exit code 0 when nothing went wrong.
 *
 *   range-load -u URL -f COPY -c CERT -k KEY -a CA -n REQUESTS -p PARALLEL -s RANGE_BYTES [-1]
 *
 * -1 is HTTP/1.1, one connection for each request under way; else HTTP/2 is insisted on.
 */
#include <curl/curl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct transfer {
  CURL *curl;
  size_t start, length, received;
  int differs;
};

static const unsigned char *copy;
static size_t copy_size;
static long requests = 1, parallel = 1;
static size_t range_bytes = 4096;
static unsigned int seed = 1;

static long started, finished, errors, wrong, connections;
static unsigned long long bytes;
static char first_error[160];

static size_t receive(char *data, size_t one, size_t count, void *context) {
  struct transfer *transfer = context;
  size_t size = one * count;
  if (transfer->received + size > transfer->length ||
      memcmp(copy + transfer->start + transfer->received, data, size) != 0)
    transfer->differs = 1;
  transfer->received += size;
  bytes += size;
  return size;
}

/* Aligned like the reads of a block device. */
static void aim(struct transfer *transfer) {
  char range[64];
  size_t blocks = (copy_size + range_bytes - 1) / range_bytes;
  transfer->start = (size_t)rand_r(&seed) % blocks * range_bytes;
  transfer->length = range_bytes;
  if (transfer->start + transfer->length > copy_size)
    transfer->length = copy_size - transfer->start;
  transfer->received = 0;
  transfer->differs = 0;
  snprintf(range, sizeof range, "%zu-%zu", transfer->start, transfer->start + transfer->length - 1);
  curl_easy_setopt(transfer->curl, CURLOPT_RANGE, range);
  started++;
}

static void judge(struct transfer *transfer, CURLcode result) {
  long status = 0, opened = 0;
  curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(transfer->curl, CURLINFO_NUM_CONNECTS, &opened);
  connections += opened;
  finished++;
  if (result != CURLE_OK || status != 206) {
    if (errors++ == 0)
      snprintf(first_error, sizeof first_error, "request %ld: status %ld, %s", finished, status, curl_easy_strerror(result));
  } else if (transfer->differs || transfer->received != transfer->length) {
    wrong++;
  }
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void open_copy(const char *path) {
  struct stat status;
  int file = open(path, O_RDONLY);
  if (file < 0 || fstat(file, &status) != 0) {
    perror(path);
    exit(2);
  }
  copy_size = (size_t)status.st_size;
  copy = mmap(NULL, copy_size, PROT_READ, MAP_SHARED, file, 0);
  if (copy == MAP_FAILED) {
    perror(path);
    exit(2);
  }
}

int main(int argc, char **argv) {
  const char *url = NULL, *file = NULL, *cert = NULL, *key = NULL, *ca = NULL;
  long version = CURL_HTTP_VERSION_2TLS;
  int option;
  while ((option = getopt(argc, argv, "u:f:c:k:a:n:p:s:1")) != -1) {
    switch (option) {
    case 'u': url = optarg; break;
    case 'f': file = optarg; break;
    case 'c': cert = optarg; break;
    case 'k': key = optarg; break;
    case 'a': ca = optarg; break;
    case 'n': requests = atol(optarg); break;
    case 'p': parallel = atol(optarg); break;
    case 's': range_bytes = (size_t)atoll(optarg); break;
    case '1': version = CURL_HTTP_VERSION_1_1; break;
    default: return 2;
    }
  }
  if (!url || !file || !cert || !key || !ca || parallel < 1 || range_bytes < 1) {
    fprintf(stderr, "range-load: something is missing\n");
    return 2;
  }
  open_copy(file);
  if (parallel > requests) parallel = requests;

  curl_global_init(CURL_GLOBAL_ALL);
  CURLM *multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, parallel + 1);
  struct transfer *transfers = calloc((size_t)parallel, sizeof *transfers);
  double begin = seconds();
  for (long i = 0; i < parallel; i++) {
    struct transfer *transfer = &transfers[i];
    CURL *curl = transfer->curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_SSLCERT, cert);
    curl_easy_setopt(curl, CURLOPT_SSLKEY, key);
    curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, version);
    curl_easy_setopt(curl, CURLOPT_PIPEWAIT, 1L); /* one connection where the protocol allows it */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
    aim(transfer);
    curl_multi_add_handle(multi, curl);
  }
  while (finished < requests) {
    int running, left;
    CURLMsg *message;
    curl_multi_perform(multi, &running);
    while ((message = curl_multi_info_read(multi, &left))) {
      struct transfer *transfer;
      CURL *curl = message->easy_handle;
      CURLcode result = message->data.result;
      curl_easy_getinfo(curl, CURLINFO_PRIVATE, &transfer);
      judge(transfer, result);
      curl_multi_remove_handle(multi, curl);
      if (started < requests) {
        aim(transfer);
        curl_multi_add_handle(multi, curl);
      }
    }
    if (finished < requests) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
  printf("{\"requests\":%ld,\"errors\":%ld,\"wrong\":%ld,\"connections\":%ld,\"bytes\":%llu,\"seconds\":%.3f,\"firstError\":\"%s\"}\n",
         finished, errors, wrong, connections, bytes, seconds() - begin, first_error);
  return errors || wrong ? 1 : 0;
}
