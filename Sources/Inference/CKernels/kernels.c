#include "CKernels.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

// Sixteen lanes whatever the hardware has: the compiler splits them into what the variant's registers hold.
typedef float lanes __attribute__((ext_vector_type(16)));
typedef int32_t mask __attribute__((ext_vector_type(16)));
typedef uint32_t words __attribute__((ext_vector_type(16)));
typedef uint64_t longs __attribute__((ext_vector_type(16)));
typedef uint16_t halves __attribute__((ext_vector_type(16)));
typedef int16_t shorts __attribute__((ext_vector_type(16)));
typedef int16_t pairs __attribute__((ext_vector_type(32)));
typedef uint8_t bytes __attribute__((ext_vector_type(16)));

#define LANES 16

// From one row of logits to the next: whole vectors, and never a multiple of 1 KiB, or a tile's rows would fall into the same
// few lines of the first cache.
static inline size_t logit_stride(size_t columns) {
    size_t stride = (columns + LANES - 1) / LANES * LANES;
    return stride % 256 == 0 ? stride + LANES : stride;
}

// A row of a narrow product on its way: value = scale * (stored - zero).
typedef struct {
    float scale;
    int32_t zero;
} grid;

// Bytes from one row of narrow values to the next: whole lines, and an odd number of them, so that a tile's rows fall into
// lines of the first cache of their own.
static inline size_t narrow_stride(size_t bytes) {
    size_t lines = (bytes + 63) / 64;
    return (lines | 1) * 64;
}

// The helpers that pass lanes around must not become calls: how such an argument travels depends on the variant.
#define INLINE static inline __attribute__((always_inline))
#pragma clang diagnostic ignored "-Wpsabi"

// FN is a name of VARIANT's own, NARROW one of its KIND of narrow product.
#define JOIN(a, b) a##_##b
#define NAMED(variant, name) JOIN(variant, name)
#define FN(name) NAMED(VARIANT, name)
#define NARROW(name) NAMED(KIND, FN(name))
#define TEXT(word) #word
#define QUOTED(word) TEXT(word)

// TILE_ROWS by TILE_LANES × 16 sums, with what they are made of, fit the registers: 16 of 4, of 8, or 32 of 16 floats;
// so do DEPTHWISE_PIXELS sums.
#define VARIANT portable
#define FUSED 0
#if defined(__SSE2__)
#define VECTOR_BITS 128
#else
#define VECTOR_BITS 0
#endif
#define TILE_ROWS 2
#define TILE_LANES 1
#define DEPTHWISE_PIXELS 2
#include "variant.h"
#undef VARIANT
#undef VECTOR_BITS
#undef FUSED
#undef TILE_ROWS
#undef TILE_LANES
#undef TILE_COLUMNS
#undef TILE_CASES
#undef DEPTHWISE_PIXELS

#if defined(__x86_64__)
#define FUSED 1

#define VARIANT avx2
#define VECTOR_BITS 256
#define TILE_ROWS 6
#define TILE_LANES 1
#define DEPTHWISE_PIXELS 4
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "variant.h"
#pragma clang attribute pop

// What some CPUs with AVX2 have beside it, those without AVX-512 among them.
#define KIND vnni
#define BYTES 1
#pragma clang attribute push(__attribute__((target("avx2,fma,avxvnni"))), apply_to = function)
#include "int8.h"
#pragma clang attribute pop
#undef BYTES
#undef KIND
#undef VARIANT
#undef VECTOR_BITS
#undef TILE_ROWS
#undef TILE_LANES
#undef TILE_COLUMNS
#undef TILE_CASES
#undef DEPTHWISE_PIXELS

#define VARIANT avx512
#define VECTOR_BITS 512
#define TILE_ROWS 14
#define TILE_LANES 2
#define DEPTHWISE_PIXELS 8
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#include "variant.h"
#pragma clang attribute pop

// What some CPUs with AVX-512 have beside it, each on its own.
#define KIND vnni
#define BYTES 1
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma"))), apply_to = function)
#include "int8.h"
#pragma clang attribute pop
#undef BYTES
#undef KIND

#define KIND dpbf16
#define PAIRS 1
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma"))), apply_to = function)
#include "bfloat16.h"
#pragma clang attribute pop
#undef PAIRS
#undef KIND
#undef VARIANT
#undef VECTOR_BITS
#undef TILE_ROWS
#undef TILE_LANES
#undef TILE_COLUMNS
#undef TILE_CASES
#undef DEPTHWISE_PIXELS
#endif

size_t entente_product_scratch(size_t inner) {
    size_t rows = ENTENTE_BLOCK_FLOATS / inner;
    // What a narrow product adds to a row at most: its grid and two lines.
    return (rows < ENTENTE_TILE_ROWS ? ENTENTE_TILE_ROWS : rows) * (inner + 3 * LANES);
}

size_t entente_attention_scratch(size_t columns, size_t width, size_t pairs) {
    size_t tiles = ENTENTE_TILE_ROWS * (2 * logit_stride(columns) + width);
    size_t values = (width + ENTENTE_TILE_COLUMNS - 1) / ENTENTE_TILE_COLUMNS * ENTENTE_TILE_COLUMNS * columns;
    size_t rights = (columns + ENTENTE_TILE_COLUMNS - 1) / ENTENTE_TILE_COLUMNS * ENTENTE_TILE_COLUMNS * width;
    return tiles + values + pairs * rights;
}

const entente_kernels *entente_kernels_variant(int index) {
    if (index == 0) return &portable_kernels;
#if defined(__x86_64__)
    __builtin_cpu_init();
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (index == 1) return avx2 ? &avx2_kernels : NULL;
    int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (index == 2) return avx512 ? &avx512_kernels : NULL;
#endif
    return NULL;
}

#if defined(__x86_64__)
// The compiler's own question knows no such name everywhere. That the system keeps the registers follows from AVX2.
static int has_avx_vnni(void) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1);
}
#endif

const entente_packing *entente_int8_variant(int index) {
    if (index == 0) return &int8_portable_packing;
#if defined(__x86_64__)
    if (!entente_kernels_variant(index == 1 || index == 4 ? 1 : 2)) return NULL;
    if (index == 1) return &int8_avx2_packing;
    if (index == 2) return &int8_avx512_packing;
    if (index == 3) return __builtin_cpu_supports("avx512vnni") ? &vnni_avx512_packing : NULL;
    if (index == 4) return has_avx_vnni() ? &vnni_avx2_packing : NULL;
#endif
    return NULL;
}

const entente_packing *entente_bfloat16_variant(int index) {
    if (index == 0) return &bfloat16_portable_packing;
#if defined(__x86_64__)
    if (!entente_kernels_variant(index < 2 ? 1 : 2)) return NULL;
    if (index == 1) return &bfloat16_avx2_packing;
    if (index == 2) return &bfloat16_avx512_packing;
    if (index == 3) return __builtin_cpu_supports("avx512bf16") ? &dpbf16_avx512_packing : NULL;
#endif
    return NULL;
}

const entente_kernels *entente_kernels_best(void) {
    for (int index = 2; index > 0; --index) {
        const entente_kernels *variant = entente_kernels_variant(index);
        if (variant) return variant;
    }
    return &portable_kernels;
}
