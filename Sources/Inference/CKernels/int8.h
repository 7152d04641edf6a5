// Products over int8. With BYTES a step is that of VNNI or AVX-VNNI, of four unsigned bytes with four signed ones; else two 16-bit values that
// have the row's zero taken off already. Both give the same sums: sum of (n - zero) m = sum of n m - zero * sum of m. A
// multiply-add that rounds once would give others than two instructions, so none may be made of them here.
#pragma clang fp contract(off)

// The next whole number, of two the even one, for |x| < 2^22: 1.5 * 2^23 has no place for fractions.
INLINE mask NARROW(nearest)(lanes x) {
    return (mask)(x + 12582912.0f) - 0x4b400000;
}

#ifdef BYTES
#define ENTRY uint8_t
#define WEIGHT int8_t
#define GROUP 4
#define STEP_WEIGHTS mask

INLINE mask NARROW(add_fours)(mask sums, int32_t four, mask weights) {
#if VECTOR_BITS == 512
    return (mask)_mm512_dpbusd_epi32((__m512i)sums, _mm512_set1_epi32(four), (__m512i)weights);
#else
    __m256i left[2], right[2];
    memcpy(left, &sums, sizeof left);
    memcpy(right, &weights, sizeof right);
    for (int half = 0; half < 2; ++half)
        left[half] = _mm256_dpbusd_avx_epi32(left[half], _mm256_set1_epi32(four), right[half]);
    memcpy(&sums, left, sizeof sums);
    return sums;
#endif
}

INLINE void NARROW(step)(const unsigned char *a, const mask *b, mask *sums) {
    int32_t four;
    memcpy(&four, a, sizeof four);
#pragma clang loop unroll(full)
    for (int l = 0; l < TILE_LANES; ++l) sums[l] = NARROW(add_fours)(sums[l], four, b[l]);
}
#else
#define ENTRY int16_t
#define WEIGHT int16_t
#define GROUP 2
#define STEP_WEIGHTS pairs

// Products of neighbours, added.
INLINE mask NARROW(pair_sums)(pairs a, pairs b) {
#if VECTOR_BITS == 512
    return (mask)_mm512_madd_epi16((__m512i)a, (__m512i)b);
#elif VECTOR_BITS == 256
    __m256i left[2], right[2];
    memcpy(left, &a, sizeof left);
    memcpy(right, &b, sizeof right);
    for (int half = 0; half < 2; ++half) left[half] = _mm256_madd_epi16(left[half], right[half]);
    mask sums;
    memcpy(&sums, left, sizeof sums);
    return sums;
#elif VECTOR_BITS == 128
    __m128i left[4], right[4];
    memcpy(left, &a, sizeof left);
    memcpy(right, &b, sizeof right);
    for (int quarter = 0; quarter < 4; ++quarter) left[quarter] = _mm_madd_epi16(left[quarter], right[quarter]);
    mask sums;
    memcpy(&sums, left, sizeof sums);
    return sums;
#else
    mask left = (mask)a, right = (mask)b;
    return (left << 16 >> 16) * (right << 16 >> 16) + (left >> 16) * (right >> 16);
#endif
}

INLINE void NARROW(step)(const unsigned char *a, const pairs *b, mask *sums) {
    int32_t two;
    memcpy(&two, a, sizeof two);
    pairs value = (pairs)(mask)two;
#pragma clang loop unroll(full)
    for (int l = 0; l < TILE_LANES; ++l) sums[l] += NARROW(pair_sums)(value, b[l]);
}
#endif

#if defined(BYTES) && VECTOR_BITS == 512
#define SPIN_REGISTER __m512i
INLINE __m512i NARROW(spin_step)(__m512i sum, __m512i value, __m512i weights) {
    return _mm512_dpbusd_epi32(sum, value, weights);
}
#elif defined(BYTES)
#define SPIN_REGISTER __m256i
INLINE __m256i NARROW(spin_step)(__m256i sum, __m256i value, __m256i weights) {
    return _mm256_dpbusd_avx_epi32(sum, value, weights);
}
#elif VECTOR_BITS == 512
#define SPIN_REGISTER __m512i
INLINE __m512i NARROW(spin_step)(__m512i sum, __m512i value, __m512i weights) {
    return _mm512_add_epi32(sum, _mm512_madd_epi16(value, weights));
}
#elif VECTOR_BITS == 256
#define SPIN_REGISTER __m256i
INLINE __m256i NARROW(spin_step)(__m256i sum, __m256i value, __m256i weights) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(value, weights));
}
#endif

#define SUM mask
// Of each column the sum of its whole numbers, and its scale.
#define PANEL_EXTRA (sizeof(int32_t) + sizeof(float))

static void NARROW(pack)(const float *weights, void *panels, size_t columns, size_t inner) {
    unsigned char *panel = panels;
    size_t padded = (inner + GROUP - 1) / GROUP * GROUP;
    for (size_t first = 0; first < columns; first += TILE_COLUMNS) {
        WEIGHT *values = (WEIGHT *)panel;
        int32_t *sums = (int32_t *)(panel + padded * TILE_COLUMNS * sizeof(WEIGHT));
        float *scales = (float *)(sums + TILE_COLUMNS);
        for (size_t c = 0; c < TILE_COLUMNS; ++c) {
            const float *row = weights + (first + c) * inner;
            size_t count = first + c < columns ? inner : 0;
            float most = 0.0f;
            for (size_t k = 0; k < count; ++k) most = most < fabsf(row[k]) ? fabsf(row[k]) : most;
            // What small weights are inverse to is out of range; they come to nothing.
            float inverse = most < 0x1p-100f ? 0.0f : 127.0f / most;
            // Without sign, as what overflowed weights come to has no bounds.
            uint32_t sum = 0;
            for (size_t k = 0; k < padded; ++k) {
                // At most 127 and half an ulp, which is no further whole number.
                float shifted = (k < count ? row[k] * inverse : 0.0f) + 12582912.0f;
                uint32_t bits;
                memcpy(&bits, &shifted, sizeof bits);
                uint32_t value = bits - 0x4b400000u;
                values[(k / GROUP * TILE_COLUMNS + c) * GROUP + k % GROUP] = (WEIGHT)(int32_t)value;
                sum += value;
            }
            sums[c] = (int32_t)sum;
            scales[c] = most < 0x1p-100f ? 0.0f : most / 127.0f;
        }
        panel = (unsigned char *)(scales + TILE_COLUMNS);
    }
}

// Sixteen of a row's values, with their factors if there are any.
INLINE lanes NARROW(values)(const float *x, const float *factors, size_t first) {
    lanes v = FN(load)(x + first);
    return factors ? v * FN(load)(factors + first) : v;
}

// From `low` to `high` in 255 steps of a row's own, 0 among them.
INLINE void NARROW(narrow_row)(const float *x, const float *factors, size_t count, ENTRY *out, grid *row) {
    lanes low = 0.0f, high = 0.0f, nothing = 0.0f;
    size_t rest = count % LANES, whole = count - rest;
    lanes last = FN(load_some)(x + whole, rest, 0.0f);
    if (factors) last *= FN(load_some)(factors + whole, rest, 0.0f);
    for (size_t c = 0; c < whole; c += LANES) {
        lanes v = NARROW(values)(x, factors, c);
        low = v < low ? v : low;
        high = high < v ? v : high;
        // NaN as soon as one value is not finite.
        nothing += v * 0.0f;
    }
    low = last < low ? last : low;
    high = high < last ? last : high;
    nothing += last * 0.0f;
    float least = -FN(largest)(-low), range = FN(largest)(high) - least;
    int fails = FN(sum)(nothing) != 0.0f || range == INFINITY;
    float inverse = fails || range < 0x1p-100f ? 0.0f : 255.0f / range;
    row->scale = fails ? NAN : inverse == 0.0f ? 0.0f : range / 255.0f;
    mask zero = NARROW(nearest)((lanes)(-least * inverse));
    row->zero = fails ? 0 : zero[0];
    for (size_t c = 0; c <= whole; c += LANES) {
        if (c == whole && rest == 0) break;
        lanes v = c < whole ? NARROW(values)(x, factors, c) : last;
        mask n = fails ? (mask)0 : NARROW(nearest)(v * inverse) + zero;
        n = n < 0 ? (mask)0 : n;
        n = n > 255 ? (mask)255 : n;
#ifdef BYTES
        bytes stored = __builtin_convertvector(n, bytes);
#else
        shorts stored = __builtin_convertvector(n - row->zero, shorts);
#endif
        if (c < whole)
            memcpy(out + c, &stored, sizeof stored);
        else
            memcpy(out + c, &stored, rest * sizeof *out);
    }
    for (size_t c = count; c % GROUP != 0; ++c) out[c] = 0;
}

// A float of at most 24 bits would be exact; of more it is rounded, as everywhere.
INLINE lanes NARROW(settle)(mask sum, const grid *row, const unsigned char *extra, size_t column) {
    mask columns;
    lanes scales;
    memcpy(&columns, extra + column * sizeof(int32_t), sizeof columns);
    memcpy(&scales, extra + TILE_COLUMNS * sizeof(int32_t) + column * sizeof(float), sizeof scales);
#ifdef BYTES
    sum -= columns * row->zero;
#endif
    lanes value = __builtin_convertvector(sum, lanes);
    value *= row->scale;
    return value * scales;
}

#include "narrow.h"

// As it is by default.
#pragma clang fp contract(on)
