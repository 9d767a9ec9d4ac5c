// The ceiling: what a poll costs in C. libcurl's multi interface over epoll, Signature Version 4 with OpenSSL and the
// day's key kept, answers decoded with jansson, a heap of deadlines. It does what is asked for and no more: it writes
// no state, tells nobody, and handles no throttling.
//
// Usage: ceiling ENDPOINT FILE-OF-JOBS REQUESTS-PER-SECOND IN-FLIGHT    (0 requests a second: as fast as it goes)
// Environment: AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION AWS_CA_BUNDLE
// At SIGTERM it prints what it has learnt as one line of JSON.
#define _GNU_SOURCE
#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what) {
    fprintf(stderr, "ceiling: %s\n", what);
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

// MARK: Jobs and their deadlines

enum { TEXT = 128 };

struct job {
    char id[65], path[256], status[24], source[TEXT], format[8], destination[TEXT], action[8], failure[TEXT];
    json_int_t processed, failed;
    double created, completed;
    int64_t due;
};

static struct job *jobs;
static int job_count;
static int *heap;  // indices of jobs, the earliest first
static int heap_count;

static void heap_push(int job) {
    int at = heap_count++;
    while (at > 0 && jobs[heap[(at - 1) / 2]].due > jobs[job].due) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = job;
}

static int heap_pop(void) {
    int first = heap[0], last = heap[--heap_count], at = 0;
    for (int child; (child = 2 * at + 1) < heap_count; at = child) {
        if (child + 1 < heap_count && jobs[heap[child + 1]].due < jobs[heap[child]].due) child++;
        if (jobs[last].due <= jobs[heap[child]].due) break;
        heap[at] = heap[child];
    }
    heap[at] = last;
    return first;
}

static void read_jobs(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) fail("can't open the file of jobs");
    int room = 0;
    char line[80];
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        if (strlen(line) > 64) fail("a job's ID is too long");
        if (job_count == room) jobs = realloc(jobs, (room = room * 2 + 64) * sizeof *jobs);
        struct job *job = &jobs[job_count++];
        memset(job, 0, sizeof *job);
        strcpy(job->id, line);
        char *end = job->path + sprintf(job->path, "/v2/email/import-jobs/");
        for (const char *c = line; *c; c++) {
            bool plain = strchr("-._~", *c) || (*c >= '0' && *c <= '9') || ((*c | 32) >= 'a' && (*c | 32) <= 'z');
            end += sprintf(end, plain ? "%c" : "%%%02X", (unsigned char)*c);
        }
    }
    fclose(file);
    heap = malloc(job_count * sizeof *heap);
}

// MARK: Signatures

static const char *access_key, *secret, *region;
static char host[TEXT];
static EVP_MD *sha256;
static EVP_MD_CTX *digest;
static EVP_MAC *hmac;
static EVP_MAC_CTX *day_key;
static char date[17], day[9];
static time_t date_second;

static void hex(char *to, const unsigned char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        *to++ = "0123456789abcdef"[bytes[i] >> 4];
        *to++ = "0123456789abcdef"[bytes[i] & 15];
    }
    *to = 0;
}

static EVP_MAC_CTX *keyed(const unsigned char *key, size_t length) {
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(hmac);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0), OSSL_PARAM_END};
    if (!context || !EVP_MAC_init(context, key, length, params)) fail("no HMAC");
    return context;
}

static void code(EVP_MAC_CTX *context, const char *text, size_t length, unsigned char result[32]) {
    size_t written;
    EVP_MAC_init(context, NULL, 0, NULL);
    EVP_MAC_update(context, (const unsigned char *)text, length);
    EVP_MAC_final(context, result, &written, 32);
}

static void derive_day_key(void) {
    unsigned char key[64];
    size_t length = snprintf((char *)key, sizeof key, "AWS4%s", secret);
    const char *parts[] = {day, region, "ses", "aws4_request"};
    for (int i = 0; i < 4; i++, length = 32) {
        EVP_MAC_CTX *context = keyed(key, length);
        code(context, parts[i], strlen(parts[i]), key);
        EVP_MAC_CTX_free(context);
    }
    EVP_MAC_CTX_free(day_key);
    day_key = keyed(key, 32);
}

static void set_date(void) {
    time_t second = time(NULL);
    if (second == date_second) return;
    date_second = second;
    struct tm parts;
    gmtime_r(&second, &parts);
    strftime(date, sizeof date, "%Y%m%dT%H%M%SZ", &parts);
    if (strncmp(day, date, 8) == 0) return;
    memcpy(day, date, 8);
    derive_day_key();
}

static void set_up_signatures(const char *endpoint) {
    access_key = getenv("AWS_ACCESS_KEY_ID");
    secret = getenv("AWS_SECRET_ACCESS_KEY");
    region = getenv("AWS_REGION");
    if (!access_key || !secret || !region || strlen(secret) > 58) fail("credentials or the Region are missing");
    const char *authority = strstr(endpoint, "://");
    if (!authority || strlen(authority) >= sizeof host) fail("the endpoint is no URL");
    strcpy(host, authority + 3);
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    digest = EVP_MD_CTX_new();
    hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
}

static void sign(const struct job *job, char *date_header, char *authorization) {
    static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    set_date();
    char canonical[640], text[256], hash[65];
    unsigned char bytes[32];
    int length = sprintf(
        canonical, "GET\n%s\n\nhost:%s\nx-amz-date:%s\n\nhost;x-amz-date\n%s", job->path, host, date, empty);
    EVP_DigestInit_ex2(digest, sha256, NULL);
    EVP_DigestUpdate(digest, canonical, length);
    EVP_DigestFinal_ex(digest, bytes, NULL);
    hex(hash, bytes, 32);
    length = sprintf(text, "AWS4-HMAC-SHA256\n%s\n%s/%s/ses/aws4_request\n%s", date, day, region, hash);
    code(day_key, text, length, bytes);
    hex(hash, bytes, 32);
    sprintf(date_header, "X-Amz-Date: %s", date);
    sprintf(
        authorization,
        "Authorization: AWS4-HMAC-SHA256 Credential=%s/%s/%s/ses/aws4_request, SignedHeaders=host;x-amz-date, "
        "Signature=%s",
        access_key, day, region, hash);
}

// MARK: Answers

static int64_t answers, failures;

static void copy(char *to, size_t room, const json_t *parent, const char *name) {
    const char *text = json_string_value(json_object_get(parent, name));
    snprintf(to, room, "%s", text ? text : "");
}

static bool decode(struct job *job, const char *body, size_t length) {
    json_t *root = json_loadb(body, length, 0, NULL);
    const char *id = json_string_value(json_object_get(root, "JobId"));
    bool good = id && strcmp(id, job->id) == 0 && json_is_string(json_object_get(root, "JobStatus"));
    if (good) {
        copy(job->status, sizeof job->status, root, "JobStatus");
        json_t *source = json_object_get(root, "ImportDataSource");
        copy(job->source, sizeof job->source, source, "S3Url");
        copy(job->format, sizeof job->format, source, "DataFormat");
        json_t *destination = json_object_get(root, "ImportDestination");
        json_t *list = json_object_get(destination, "ContactListDestination");
        json_t *suppression = json_object_get(destination, "SuppressionListDestination");
        copy(job->destination, sizeof job->destination, list, "ContactListName");
        copy(job->action, sizeof job->action, list ? list : suppression,
             list ? "ContactListImportAction" : "SuppressionListImportAction");
        copy(job->failure, sizeof job->failure, json_object_get(root, "FailureInfo"), "ErrorMessage");
        job->processed = json_integer_value(json_object_get(root, "ProcessedRecordsCount"));
        job->failed = json_integer_value(json_object_get(root, "FailedRecordsCount"));
        job->created = json_number_value(json_object_get(root, "CreatedTimestamp"));
        job->completed = json_number_value(json_object_get(root, "CompletedTimestamp"));
    }
    json_decref(root);
    return good;
}

static bool has_ended(const struct job *job) {
    return !strcmp(job->status, "COMPLETED") || !strcmp(job->status, "FAILED") || !strcmp(job->status, "CANCELLED");
}

// MARK: Exchanges

struct exchange {
    CURL *handle;
    int job;
    char url[512], date_header[40], authorization[320], body[4096];
    size_t length;
    struct curl_slist headers[2];
};

static const char *endpoint;
static CURLM *multi;
static int poller;
static int64_t curl_deadline = INT64_MAX;
static struct exchange **idle;
static int idle_count;

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
    (void)size;
    struct exchange *exchange = context;
    if (count > sizeof exchange->body - exchange->length) return 0;
    memcpy(exchange->body + exchange->length, bytes, count);
    exchange->length += count;
    return count;
}

static struct exchange *new_exchange(void) {
    struct exchange *exchange = calloc(1, sizeof *exchange);
    exchange->headers[0] = (struct curl_slist){exchange->date_header, &exchange->headers[1]};
    exchange->headers[1] = (struct curl_slist){exchange->authorization, NULL};
    CURL *handle = exchange->handle = curl_easy_init();
    curl_easy_setopt(handle, CURLOPT_PRIVATE, exchange);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, exchange->headers);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 15000L);
    if (getenv("AWS_CA_BUNDLE")) curl_easy_setopt(handle, CURLOPT_CAINFO, getenv("AWS_CA_BUNDLE"));
    return exchange;
}

static void send_poll(int job) {
    struct exchange *exchange = idle[--idle_count];
    exchange->job = job;
    exchange->length = 0;
    sign(&jobs[job], exchange->date_header, exchange->authorization);
    snprintf(exchange->url, sizeof exchange->url, "%s%s", endpoint, jobs[job].path);
    curl_easy_setopt(exchange->handle, CURLOPT_URL, exchange->url);
    curl_multi_add_handle(multi, exchange->handle);
}

static void finish(CURL *handle, CURLcode result, int64_t period) {
    struct exchange *exchange;
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, (char **)&exchange);
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(multi, handle);
    struct job *job = &jobs[exchange->job];
    if (result == CURLE_OK && status == 200 && decode(job, exchange->body, exchange->length)) {
        answers++;
    } else {
        if (failures++ == 0) fprintf(stderr, "ceiling: %s, HTTP %ld\n", curl_easy_strerror(result), status);
    }
    if (!has_ended(job)) {
        int64_t earliest = now();
        job->due = job->due + period > earliest ? job->due + period : earliest;
        heap_push(exchange->job);
    }
    idle[idle_count++] = exchange;
}

static int watch_socket(CURL *handle, curl_socket_t socket, int what, void *context, void *known) {
    (void)handle, (void)context;
    struct epoll_event event = {.data.fd = socket};
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    if (what == CURL_POLL_REMOVE) return epoll_ctl(poller, EPOLL_CTL_DEL, socket, NULL), 0;
    epoll_ctl(poller, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
    if (!known) curl_multi_assign(multi, socket, &poller);
    return 0;
}

static int watch_time(CURLM *handle, long milliseconds, void *context) {
    (void)handle, (void)context;
    curl_deadline = milliseconds < 0 ? INT64_MAX : now() + milliseconds * INT64_C(1000000);
    return 0;
}

static void set_up_exchanges(int in_flight) {
    poller = epoll_create1(EPOLL_CLOEXEC);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, watch_time);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)in_flight);
    idle = malloc(in_flight * sizeof *idle);
    while (idle_count < in_flight) idle[idle_count++] = new_exchange();
}

// MARK: The loop

static volatile sig_atomic_t stopped;

static void stop(int number) {
    (void)number;
    stopped = 1;
}

static int wait_time(void) {
    int64_t next = curl_deadline, time = now();
    if (idle_count > 0 && heap_count > 0 && jobs[heap[0]].due < next) next = jobs[heap[0]].due;
    if (next == INT64_MAX) return -1;
    if (next <= time) return 0;
    int64_t milliseconds = (next - time + 999999) / 1000000;
    return milliseconds > 1000000 ? 1000000 : (int)milliseconds;
}

static void turn(int64_t period) {
    struct epoll_event events[64];
    int running, left, count = epoll_wait(poller, events, 64, wait_time());
    for (int i = 0; i < count; i++) {
        int what = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0)
            | (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0)
            | (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
        curl_multi_socket_action(multi, events[i].data.fd, what, &running);
    }
    if (curl_deadline <= now()) {
        curl_deadline = INT64_MAX;
        curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
        if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result, period);
    }
    for (int64_t time = now(); idle_count > 0 && heap_count > 0 && jobs[heap[0]].due <= time;) send_poll(heap_pop());
}

static void report(void) {
    json_t *statuses = json_object(), *root = json_object();
    json_int_t processed = 0;
    for (int i = 0; i < job_count; i++) {
        if (!jobs[i].status[0]) continue;
        json_int_t before = json_integer_value(json_object_get(statuses, jobs[i].status));
        json_object_set_new(statuses, jobs[i].status, json_integer(before + 1));
        if (has_ended(&jobs[i])) processed += jobs[i].processed;
    }
    json_object_set_new(root, "answers", json_integer(answers));
    json_object_set_new(root, "failures", json_integer(failures));
    json_object_set_new(root, "statuses", statuses);
    json_object_set_new(root, "processed", json_integer(processed));
    json_dumpf(root, stdout, JSON_COMPACT);
    puts("");
}

int main(int count, char **arguments) {
    if (count != 5) fail("usage: ceiling ENDPOINT FILE-OF-JOBS REQUESTS-PER-SECOND IN-FLIGHT");
    struct rlimit files = {65536, 65536};
    setrlimit(RLIMIT_NOFILE, &files);
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    endpoint = arguments[1];
    read_jobs(arguments[2]);
    double rate = atof(arguments[3]);
    int64_t period = rate > 0 ? (int64_t)(job_count * 1e9 / rate) : 0;
    set_up_signatures(endpoint);
    set_up_exchanges(atoi(arguments[4]));
    int64_t start = now();
    for (int i = 0; i < job_count; i++) {
        jobs[i].due = start + (int64_t)((double)period * i / job_count);
        heap_push(i);
    }
    while (!stopped) turn(period);
    report();
    return 0;
}
