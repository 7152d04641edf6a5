// Products over bfloat16. With PAIRS a step is one instruction for two values; else they are floats again, multiplied and
// added one after the other.

INLINE words NARROW(rounded)(lanes x) {
    words bits = (words)x;
    words nearest = bits + 0x7fffu + ((bits >> 16) & 1u);
    // Carried over, a NaN would be a number.
    return (x == x ? nearest : bits | 0x400000u) & 0xffff0000u;
}

#define WEIGHT uint16_t
#define GROUP 2
#define SUM lanes
#define STEP_WEIGHTS words
#define PANEL_EXTRA 0

#ifdef PAIRS
#define ENTRY uint16_t

INLINE void NARROW(step)(const unsigned char *a, const words *b, lanes *sums) {
    int32_t two;
    memcpy(&two, a, sizeof two);
    __m512bh value = (__m512bh)_mm512_set1_epi32(two);
#pragma clang loop unroll(full)
    for (int l = 0; l < TILE_LANES; ++l) sums[l] = (lanes)_mm512_dpbf16_ps((__m512)sums[l], value, (__m512bh)b[l]);
}
#else
#define ENTRY float

INLINE void NARROW(step)(const unsigned char *a, const words *b, lanes *sums) {
    float two[2];
    memcpy(two, a, sizeof two);
#pragma clang loop unroll(full)
    for (int l = 0; l < TILE_LANES; ++l) {
        sums[l] = FN(madd)((lanes)two[0], (lanes)(b[l] << 16), sums[l]);
        sums[l] = FN(madd)((lanes)two[1], (lanes)(b[l] & 0xffff0000u), sums[l]);
    }
}
#endif

#ifdef PAIRS
#define SPIN_REGISTER __m512
INLINE __m512 NARROW(spin_step)(__m512 sum, __m512 value, __m512 weights) {
    return _mm512_dpbf16_ps(sum, (__m512bh)value, (__m512bh)weights);
}
#endif

static void NARROW(pack)(const float *weights, void *panels, size_t columns, size_t inner) {
    uint16_t *out = panels;
    size_t padded = (inner + GROUP - 1) / GROUP * GROUP;
    for (size_t first = 0; first < columns; first += TILE_COLUMNS)
        for (size_t k = 0; k < padded; k += GROUP)
            for (size_t c = first; c < first + TILE_COLUMNS; ++c)
                for (size_t place = k; place < k + GROUP; ++place) {
                    int is_there = c < columns && place < inner;
                    words bits = NARROW(rounded)((lanes)(is_there ? weights[c * inner + place] : 0.0f));
                    *out++ = (uint16_t)(bits[0] >> 16);
                }
}

INLINE void NARROW(narrow_row)(const float *x, const float *factors, size_t count, ENTRY *out, grid *row) {
    (void)factors, (void)row;
    size_t rest = count % LANES, whole = count - rest;
    for (size_t c = 0; c < count; c += LANES) {
        words bits = NARROW(rounded)(c < whole ? FN(load)(x + c) : FN(load_some)(x + c, rest, 0.0f));
#ifdef PAIRS
        halves stored = __builtin_convertvector(bits >> 16, halves);
#else
        lanes stored = (lanes)bits;
#endif
        if (c < whole)
            memcpy(out + c, &stored, sizeof stored);
        else
            memcpy(out + c, &stored, rest * sizeof *out);
    }
    for (size_t c = count; c % GROUP != 0; ++c) out[c] = 0;
}

INLINE lanes NARROW(settle)(lanes sum, const grid *row, const unsigned char *extra, size_t column) {
    (void)row, (void)extra, (void)column;
    return sum;
}

#include "narrow.h"
