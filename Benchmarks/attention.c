// Times one block's attention as CKernels computes it against two products of OpenBLAS's a head with a softmax between, in turns,
// in CPU time of one thread, and prints medians, ratios and how far the results differ.
//
//     clang -O3 -fno-math-errno -I Sources/Inference/CKernels/include Benchmarks/attention.c \
//         Sources/Inference/CKernels/kernels.c -o attention $(pkg-config --cflags --libs openblas) -lm
//     ./attention [0 | 1 | 2]
//
// The argument is the kernels' variant: portable, AVX2, AVX-512 (by default the best). OPENBLAS_CORETYPE chooses OpenBLAS's.

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CKernels.h"

enum { ROUNDS = 15 };

typedef struct {
    const char *name;
    size_t rows, width, heads;
    int causal;
} shape;

static const shape shapes[] = {
    {"ViT-B-32", 50, 768, 12, 0},         {"ViT-B-16", 197, 768, 12, 0},
    {"ViT-L-14", 257, 1024, 16, 0},       {"ViT-L-14-336", 577, 1024, 16, 0},
    {"ViT-H-14", 257, 1280, 16, 0},       {"ViT-SO400M-14-384", 729, 1152, 16, 0},
    {"a text of ViT-B's, full", 77, 512, 8, 1}, {"a text of 12 tokens", 12, 512, 8, 1},
};

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *floats(size_t count) {
    float *out = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
    if (!out) exit(1);
    for (size_t i = 0; i < count; ++i) out[i] = (float)(rand() % 65536) / 32768.0f - 1.0f;
    return out;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void by_products(const entente_kernels *kernels, const shape *s, const float *wide, float *scores, size_t stride,
                        float *out) {
    size_t head = s->width / s->heads;
    int rows = (int)s->rows, width = (int)s->width, columns = (int)head;
    for (size_t h = 0; h < s->heads; ++h) {
        const float *queries = wide + h * head;
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, rows, columns, 1.0f / sqrtf((float)head), queries,
                    3 * width, queries + width, 3 * width, 0.0f, scores, (int)stride);
        for (size_t r = 0; r < s->rows; ++r) {
            size_t seen = s->causal ? r + 1 : s->rows;
            kernels->softmax(scores + r * stride, 1, seen, stride);
            memset(scores + r * stride + seen, 0, (s->rows - seen) * sizeof *scores);
        }
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns, rows, 1.0f, scores, (int)stride,
                    queries + 2 * width, 3 * width, 0.0f, out + h * head, width);
    }
}

static void by_kernel(const entente_kernels *kernels, const shape *s, const float *wide, float *scratch, float *out) {
    size_t head = s->width / s->heads;
    for (size_t h = 0; h < s->heads; ++h) {
        entente_attention call = {
            .left = {wide + h * head},
            .right = {wide + s->width + h * head},
            .pairs = 1,
            .values = wide + 2 * s->width + h * head,
            .stride = 3 * s->width,
            .rows = s->rows,
            .columns = s->rows,
            .width = head,
            .scale = 1.0f / sqrtf((float)head),
            .causal = s->causal,
            .gain = 1.0f,
            .out = out + h * head,
            .out_stride = s->width,
            .scratch = scratch,
        };
        kernels->attention(&call);
    }
}

int main(int count, char **arguments) {
    const entente_kernels *kernels =
        count > 1 ? entente_kernels_variant(atoi(arguments[1])) : entente_kernels_best();
    if (!kernels) {
        fprintf(stderr, "this CPU has no variant %s; there are 0, 1 and 2\n", arguments[1]);
        return 1;
    }
    openblas_set_num_threads(1);
    printf("OpenBLAS %s, ours %s; milliseconds of one block's attention, medians of %d rounds\n",
           openblas_get_corename(), kernels->name, ROUNDS);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; ++i) {
        const shape *s = shapes + i;
        size_t stride = (s->rows + 15) / 16 * 16;
        float *wide = floats(s->rows * 3 * s->width), *scores = floats(s->rows * stride);
        float *scratch = floats(entente_attention_scratch(s->rows, s->width / s->heads, 1));
        float *before = floats(s->rows * s->width), *after = floats(s->rows * s->width);
        size_t times = 1 + 100000000 / (s->rows * s->rows * s->width * 2);
        double products[ROUNDS], kernel[ROUNDS], difference = 0.0;
        for (int round = 0; round < ROUNDS; ++round) {
            double start = seconds();
            for (size_t t = 0; t < times; ++t) by_products(kernels, s, wide, scores, stride, before);
            double middle = seconds();
            for (size_t t = 0; t < times; ++t) by_kernel(kernels, s, wide, scratch, after);
            products[round] = 1e3 * (middle - start) / (double)times;
            kernel[round] = 1e3 * (seconds() - middle) / (double)times;
        }
        for (size_t place = 0; place < s->rows * s->width; ++place)
            difference = fmax(difference, fabs((double)before[place] - after[place]));
        qsort(products, ROUNDS, sizeof *products, ascending);
        qsort(kernel, ROUNDS, sizeof *kernel, ascending);
        printf("%-24s %8.3f (%.3f-%.3f) by products, %8.3f (%.3f-%.3f) by the kernel: %.2fx; apart by %.1e\n", s->name,
               products[ROUNDS / 2], products[0], products[ROUNDS - 1], kernel[ROUNDS / 2], kernel[0],
               kernel[ROUNDS - 1], products[ROUNDS / 2] / kernel[ROUNDS / 2], difference);
        free(wide), free(scores), free(scratch), free(before), free(after);
    }
    return 0;
}
