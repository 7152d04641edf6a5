#ifndef ENTENTE_KAFKA_SHIM_H
#define ENTENTE_KAFKA_SHIM_H
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

/* RD_KAFKA_PARTITION_UA is a cast expression, which the importer leaves out. */
static const int32_t entente_kafka_partition_unassigned = RD_KAFKA_PARTITION_UA;

/* Swift sees the anonymous unions of rd_kafka_vu_t as nested types without names that last; these fill them in. */
static inline rd_kafka_vu_t entente_kafka_vu_topic(const char *name) {
    rd_kafka_vu_t vu = {.vtype = RD_KAFKA_VTYPE_TOPIC};
    vu.u.cstr = name;
    return vu;
}

static inline rd_kafka_vu_t entente_kafka_vu_bytes(rd_kafka_vtype_t vtype, const void *bytes, size_t size) {
    rd_kafka_vu_t vu = {.vtype = vtype};
    vu.u.mem.ptr = (void *)bytes;
    vu.u.mem.size = size;
    return vu;
}

static inline rd_kafka_vu_t entente_kafka_vu_flags(int flags) {
    rd_kafka_vu_t vu = {.vtype = RD_KAFKA_VTYPE_MSGFLAGS};
    vu.u.i = flags;
    return vu;
}

/* What the message's delivery report gives back, as it is. */
static inline rd_kafka_vu_t entente_kafka_vu_tag(uintptr_t tag) {
    rd_kafka_vu_t vu = {.vtype = RD_KAFKA_VTYPE_OPAQUE};
    vu.u.ptr = (void *)tag;
    return vu;
}

static inline uintptr_t entente_kafka_tag(const rd_kafka_message_t *message) { return (uintptr_t)message->_private; }

static inline rd_kafka_vu_t entente_kafka_vu_headers(rd_kafka_headers_t *headers) {
    rd_kafka_vu_t vu = {.vtype = RD_KAFKA_VTYPE_HEADERS};
    vu.u.headers = headers;
    return vu;
}
#endif
