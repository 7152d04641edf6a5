#ifndef ENTENTE_CURL_SHIM_H
#define ENTENTE_CURL_SHIM_H
#include <curl/curl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

/* The option setters are variadic, which the importer leaves out: one wrapper for each type that an option takes. */
static inline CURLcode entente_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode entente_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode entente_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode entente_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

/* Body and headers come through callbacks of one type. */
static inline CURLcode entente_curl_set_data_callback(CURL *handle, CURLoption option, curl_write_callback callback) {
    return curl_easy_setopt(handle, option, callback);
}

static inline CURLcode entente_curl_set_socket_callback(CURL *handle, curl_opensocket_callback callback) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, callback);
}

static inline CURLcode entente_curl_set_progress_callback(CURL *handle, curl_xferinfo_callback callback) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, callback);
}

/* The option by name came with 7.85, which deprecated the one by bits. */
static inline CURLcode entente_curl_allow_http_only(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/* The bytes of the address that is about to be connected, in network order: 4 or 16 of them, or 0 for another family. The
   struct ends with a sockaddr that is longer than its type says for IPv6. */
static inline int entente_curl_address(const struct curl_sockaddr *from, unsigned char bytes[16], uint16_t *port) {
    const unsigned char *raw = (const unsigned char *)from + offsetof(struct curl_sockaddr, addr);
    if (from->family == AF_INET && from->addrlen >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in address;
        memcpy(&address, raw, sizeof address);
        memcpy(bytes, &address.sin_addr, 4);
        *port = ntohs(address.sin_port);
        return 4;
    }
    if (from->family == AF_INET6 && from->addrlen >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 address;
        memcpy(&address, raw, sizeof address);
        memcpy(bytes, &address.sin6_addr, 16);
        *port = ntohs(address.sin6_port);
        return 16;
    }
    return 0;
}

/* Closed in children: a test's or a demo's processes must not keep connections of ours. */
static inline curl_socket_t entente_curl_open_socket(const struct curl_sockaddr *address) {
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}
#endif
