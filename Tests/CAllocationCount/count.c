#include "CAllocationCount.h"

#include <errno.h>
#include <stddef.h>

// The C library's own, under the names by which a replacement may reach them.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local long count;

long entente_allocations(void) { return count; }

void *malloc(size_t size) {
    ++count;
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    ++count;
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    ++count;
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    ++count;
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **out, size_t alignment, size_t size) {
    void *memory = memalign(alignment, size);
    if (!memory) return ENOMEM;
    *out = memory;
    return 0;
}
