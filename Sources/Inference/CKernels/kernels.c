#include "CKernels.h"

#include <math.h>
#include <string.h>

// Sixteen lanes whatever the hardware has: the compiler splits them into what the variant's registers hold.
typedef float lanes __attribute__((ext_vector_type(16)));
typedef int32_t mask __attribute__((ext_vector_type(16)));
typedef uint32_t words __attribute__((ext_vector_type(16)));
typedef uint64_t longs __attribute__((ext_vector_type(16)));
typedef uint16_t halves __attribute__((ext_vector_type(16)));

#define LANES 16

// The helpers that pass lanes around must not become calls: how such an argument travels depends on the variant.
#define INLINE static inline __attribute__((always_inline))
#pragma clang diagnostic ignored "-Wpsabi"

// TILE_ROWS by TILE_LANES × 16 sums, with what they are made of, fit the registers: 16 of 4, of 8, or 32 of 16 floats;
// so do DEPTHWISE_PIXELS sums.
#define VARIANT portable
#define FUSED 0
#define TILE_ROWS 2
#define TILE_LANES 1
#define DEPTHWISE_PIXELS 2
#include "variant.h"
#undef VARIANT
#undef FUSED
#undef TILE_ROWS
#undef TILE_LANES
#undef DEPTHWISE_PIXELS

#if defined(__x86_64__)
#define FUSED 1

#define VARIANT avx2
#define TILE_ROWS 6
#define TILE_LANES 1
#define DEPTHWISE_PIXELS 4
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "variant.h"
#pragma clang attribute pop
#undef VARIANT
#undef TILE_ROWS
#undef TILE_LANES
#undef DEPTHWISE_PIXELS

#define VARIANT avx512
#define TILE_ROWS 14
#define TILE_LANES 2
#define DEPTHWISE_PIXELS 8
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#include "variant.h"
#pragma clang attribute pop
#undef VARIANT
#undef TILE_ROWS
#undef TILE_LANES
#undef DEPTHWISE_PIXELS
#endif

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

const entente_kernels *entente_kernels_best(void) {
    for (int index = 2; index > 0; --index) {
        const entente_kernels *variant = entente_kernels_variant(index);
        if (variant) return variant;
    }
    return &portable_kernels;
}
