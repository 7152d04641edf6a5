#include <string.h>

#include "CImageCodecs.h"

// Sums are 32-bit integers, as Pillow's are, so that the vector width changes nothing in the result. The widest unit of the
// CPU is picked when the program starts.
#if defined(__x86_64__)
#define WIDEST_UNIT __attribute__((target_clones("avx512bw", "avx2", "default")))
#else
#define WIDEST_UNIT
#endif

#define HALF (1 << (ENTENTE_RESAMPLE_BITS - 1))

typedef uint8_t byte_4 __attribute__((vector_size(4)));
typedef int32_t sum_4 __attribute__((vector_size(16)));
typedef uint8_t byte_16 __attribute__((vector_size(16)));
typedef int32_t sum_16 __attribute__((vector_size(64)));

// Lanes are r, g, b and one that is ignored.
WIDEST_UNIT
void entente_resample_columns(
    const uint8_t *source, size_t source_columns, size_t rows, uint8_t *target, size_t columns,
    const int32_t *firsts, const int32_t *counts, const int32_t *weights, size_t taps) {
    for (size_t y = 0; y < rows; y++) {
        const uint8_t *row = source + y * source_columns * 3;
        uint8_t *out = target + y * columns * 3;
        for (size_t x = 0; x < columns; x++) {
            const uint8_t *pixel = row + (size_t)firsts[x] * 3;
            const int32_t *weight = weights + x * taps;
            size_t count = (size_t)counts[x];
            sum_4 even = {HALF, HALF, HALF, HALF};
            sum_4 odd = {0, 0, 0, 0};
            byte_4 bytes;
            size_t t = 0;
            // The fourth byte belongs to the next pixel, which all but the last tap have.
            for (; t + 2 < count; t += 2) {
                memcpy(&bytes, pixel + t * 3, 4);
                even += __builtin_convertvector(bytes, sum_4) * weight[t];
                memcpy(&bytes, pixel + t * 3 + 3, 4);
                odd += __builtin_convertvector(bytes, sum_4) * weight[t + 1];
            }
            for (; t < count; t++) {
                const uint8_t *last = pixel + t * 3;
                bytes = (byte_4){last[0], last[1], last[2], 0};
                even += __builtin_convertvector(bytes, sum_4) * weight[t];
            }
            sum_4 sum = (even + odd) >> ENTENTE_RESAMPLE_BITS;
            sum = __builtin_elementwise_min(__builtin_elementwise_max(sum, (sum_4){0, 0, 0, 0}), (sum_4){255, 255, 255, 255});
            out[x * 3] = (uint8_t)sum[0];
            out[x * 3 + 1] = (uint8_t)sum[1];
            out[x * 3 + 2] = (uint8_t)sum[2];
        }
    }
}

WIDEST_UNIT
void entente_resample_rows(
    const uint8_t *source, size_t row_bytes, uint8_t *target, size_t rows,
    const int32_t *firsts, const int32_t *counts, const int32_t *weights, size_t taps) {
    for (size_t y = 0; y < rows; y++) {
        const uint8_t *first = source + (size_t)firsts[y] * row_bytes;
        const int32_t *weight = weights + y * taps;
        size_t count = (size_t)counts[y];
        uint8_t *out = target + y * row_bytes;
        size_t x = 0;
        // Sixteen sums stay in registers while the taps go by.
        for (; x + 16 <= row_bytes; x += 16) {
            sum_16 sum = (sum_16){0} + HALF;
            for (size_t t = 0; t < count; t++) {
                byte_16 bytes;
                memcpy(&bytes, first + t * row_bytes + x, 16);
                sum += __builtin_convertvector(bytes, sum_16) * weight[t];
            }
            sum >>= ENTENTE_RESAMPLE_BITS;
            sum = __builtin_elementwise_min(__builtin_elementwise_max(sum, (sum_16){0}), (sum_16){0} + 255);
            byte_16 bytes = __builtin_convertvector(sum, byte_16);
            memcpy(out + x, &bytes, 16);
        }
        for (; x < row_bytes; x++) {
            int32_t sum = HALF;
            for (size_t t = 0; t < count; t++) { sum += first[t * row_bytes + x] * weight[t]; }
            sum >>= ENTENTE_RESAMPLE_BITS;
            out[x] = sum < 0 ? 0 : sum > 255 ? 255 : (uint8_t)sum;
        }
    }
}
