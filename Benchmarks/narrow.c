// Times the products of one transformer block over floats, bfloat16 and int8, then a whole ViT-B-16's blocks, in turns, in CPU
// time of one thread, and prints medians, ratios, and how far the results are from the floats' (as cosine).
//
//     clang -O3 -fno-math-errno -I Sources/Inference/CKernels/include Benchmarks/narrow.c \
//         Sources/Inference/CKernels/kernels.c -o narrow -lm
//     ./narrow [0 | 1 | 2 | 3 | 4]
//
// The argument is the kernels' variant: portable, AVX2, AVX-512, AVX-512 with instructions for narrow products, AVX2 with one (by
// default 3).

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CKernels.h"

enum { ROUNDS = 15, WAYS = 3, TRUNKS = 4 };

typedef struct {
    const char *name;
    size_t rows, inner, columns;
    int activation;
} shape;

static const shape shapes[] = {
    {"ViT-B-16 attention in", 512, 768, 2304, ENTENTE_PLAIN},
    {"ViT-B-16 attention out", 512, 768, 768, ENTENTE_PLAIN},
    {"ViT-B-16 expansion", 512, 768, 3072, ENTENTE_QUICK_GELU},
    {"ViT-B-16 contraction", 512, 3072, 768, ENTENTE_PLAIN},
    {"ViT-L-14 expansion", 512, 1024, 4096, ENTENTE_QUICK_GELU},
    {"ViT-L-14 contraction", 512, 4096, 1024, ENTENTE_PLAIN},
    {"ViT-H-14 expansion", 512, 1280, 5120, ENTENTE_GELU},
};

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *memory(size_t bytes) {
    void *out = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!out) exit(1);
    return out;
}

static float *floats(size_t count) {
    float *out = memory(count * sizeof(float));
    for (size_t i = 0; i < count; ++i) out[i] = (float)(rand() % 65536) / 32768.0f - 1.0f;
    return out;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double cosine(const float *a, const float *b, size_t count) {
    double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < count; ++i) {
        ab += (double)a[i] * b[i];
        aa += (double)a[i] * a[i];
        bb += (double)b[i] * b[i];
    }
    return ab / sqrt(aa * bb);
}

// A batch of ViT-B-16 in one precision: patches, then its blocks, weights of all blocks their own; memory of its own.
enum { IMAGES = 16, TOKENS = 197, WIDTH = 768, HEADS = 12, BLOCKS = 12, CHUNK = 512, TRUNK_ROUNDS = 5 };

typedef struct {
    void *panels;
    size_t inner, columns;
} layer;

typedef struct {
    const entente_kernels *kernels;
    const entente_packing *narrow;
    layer stem, layers[BLOCKS][4];
    float *stream, *normed, *wide, *scratch;
    // Of a narrow trunk whose rows have some.
    const float *factors;
} trunk;

static layer make_layer(const trunk *t, const entente_packing *narrow, size_t inner, size_t columns) {
    float *weights = floats(inner * columns);
    for (size_t i = 0; i < inner * columns; ++i) weights[i] *= 1.0f / sqrtf((float)inner);
    size_t width = narrow ? narrow->panel_columns : t->kernels->panel_columns;
    size_t size = narrow ? narrow->panel_size(inner) : width * inner * sizeof(float);
    layer made = {memory((columns + width - 1) / width * size), inner, columns};
    (narrow ? narrow->pack : t->kernels->pack)(weights, made.panels, columns, inner);
    free(weights);
    return made;
}

static void apply(const trunk *t, const entente_packing *narrow, const layer *by, const float *a, const float *bias,
                  const float *addend, float *out, size_t rows, int activation) {
    entente_product product = {
        .a = a, .a_stride = by->inner, .panels = by->panels, .bias = bias, .addend = addend, .out = out,
        .out_stride = by->columns, .rows = rows, .inner = by->inner, .columns = by->columns, .activation = activation,
        .scratch = t->scratch, .factors = narrow ? t->factors : NULL,
    };
    (narrow ? narrow->product : t->kernels->product)(&product);
}

static trunk make_trunk(const entente_kernels *kernels, const entente_packing *narrow) {
    size_t rows = IMAGES * TOKENS;
    trunk t = {.kernels = kernels, .narrow = narrow};
    srand(7);
    t.stem = make_layer(&t, NULL, 768, WIDTH);
    for (int b = 0; b < BLOCKS; ++b) {
        t.layers[b][0] = make_layer(&t, narrow, WIDTH, 3 * WIDTH);
        t.layers[b][1] = make_layer(&t, narrow, WIDTH, WIDTH);
        t.layers[b][2] = make_layer(&t, narrow, WIDTH, 4 * WIDTH);
        t.layers[b][3] = make_layer(&t, narrow, 4 * WIDTH, WIDTH);
    }
    t.stream = floats(rows * WIDTH);
    t.normed = floats(rows * WIDTH);
    t.wide = floats(rows * 3 * WIDTH);
    size_t most = entente_product_scratch(4 * WIDTH), attention = entente_attention_scratch(TOKENS, WIDTH / HEADS, 1);
    most = most < entente_product_scratch(WIDTH) ? entente_product_scratch(WIDTH) : most;
    t.scratch = floats(most < attention ? attention : most);
    return t;
}

static void run(const trunk *t, const float *patches, const float *ones, const float *zeros) {
    size_t rows = IMAGES * TOKENS;
    apply(t, NULL, &t->stem, patches, zeros, NULL, t->stream, rows, ENTENTE_PLAIN);
    for (int b = 0; b < BLOCKS; ++b) {
        const layer *layers = t->layers[b];
        t->kernels->layer_norm(t->stream, ones, zeros, 1e-5f, t->normed, rows, WIDTH);
        apply(t, t->narrow, layers, t->normed, zeros, NULL, t->wide, rows, ENTENTE_PLAIN);
        for (size_t image = 0; image < IMAGES; ++image)
            for (size_t h = 0; h < HEADS; ++h) {
                const float *wide = t->wide + image * TOKENS * 3 * WIDTH + h * (WIDTH / HEADS);
                entente_attention attention = {
                    .left = {wide}, .right = {wide + WIDTH}, .pairs = 1, .values = wide + 2 * WIDTH,
                    .stride = 3 * WIDTH, .rows = TOKENS, .columns = TOKENS, .width = WIDTH / HEADS,
                    .scale = 0.125f, .gain = 1.0f, .out = t->normed + image * TOKENS * WIDTH + h * (WIDTH / HEADS),
                    .out_stride = WIDTH, .scratch = t->scratch,
                };
                t->kernels->attention(&attention);
            }
        apply(t, t->narrow, layers + 1, t->normed, zeros, t->stream, t->stream, rows, ENTENTE_PLAIN);
        for (size_t first = 0; first < rows; first += CHUNK) {
            size_t count = rows - first < CHUNK ? rows - first : CHUNK;
            float *part = t->stream + first * WIDTH;
            t->kernels->layer_norm(part, ones, zeros, 1e-5f, t->normed, count, WIDTH);
            apply(t, t->narrow, layers + 2, t->normed, zeros, NULL, t->wide, count, ENTENTE_QUICK_GELU);
            apply(t, t->narrow, layers + 3, t->wide, zeros, part, part, count, ENTENTE_PLAIN);
        }
    }
}

static void time_trunks(const entente_kernels *kernels, const entente_packing *const narrow[WAYS]) {
    static const char *const names[TRUNKS] = {"fp32         ", "bf16         ", "int8         ", "int8 smoothed"};
    size_t values = (size_t)IMAGES * TOKENS * WIDTH;
    float *patches = floats(values), *ones = floats(4 * WIDTH), *zeros = floats(4 * WIDTH);
    for (size_t i = 0; i < 4 * WIDTH; ++i) ones[i] = 1.0f, zeros[i] = 0.0f;
    trunk trunks[TRUNKS];
    double times[TRUNKS][TRUNK_ROUNDS], first = 0;
    for (int way = 0; way < TRUNKS; ++way) trunks[way] = make_trunk(kernels, narrow[way < WAYS ? way : WAYS - 1]);
    trunks[TRUNKS - 1].factors = ones;
    for (int round = -1; round < TRUNK_ROUNDS; ++round)
        for (int way = 0; way < TRUNKS; ++way) {
            double start = seconds();
            run(trunks + way, patches, ones, zeros);
            if (round >= 0) times[way][round] = seconds() - start;
        }
    printf("\nViT-B-16's blocks, batches of %d, images a CPU second\n", IMAGES);
    for (int way = 0; way < TRUNKS; ++way) {
        qsort(times[way], TRUNK_ROUNDS, sizeof(double), ascending);
        double speed = IMAGES / times[way][TRUNK_ROUNDS / 2];
        if (way == 0) first = speed;
        printf("%s %8.2f (%.2f to %.2f)  %.2f x  1 - cosine %.1e\n", names[way], speed,
               IMAGES / times[way][TRUNK_ROUNDS - 1], IMAGES / times[way][0], speed / first,
               1 - cosine(trunks[0].stream, trunks[way].stream, values));
    }
}

int main(int count, char **arguments) {
    int wanted = count > 1 ? atoi(arguments[1]) : 3;
    const int plain = wanted == 4 ? 1 : wanted > 2 ? 2 : wanted;
    const entente_kernels *kernels = entente_kernels_variant(plain);
    const entente_packing *narrow[WAYS] = {NULL, entente_bfloat16_variant(wanted), entente_int8_variant(wanted)};
    if (!kernels) kernels = entente_kernels_best();
    for (int index = plain; index >= 0 && !narrow[1]; --index) narrow[1] = entente_bfloat16_variant(index);
    for (int index = plain; index >= 0 && !narrow[2]; --index) narrow[2] = entente_int8_variant(index);
    printf("%s, %s, %s; GOP/s of one thread\n", kernels->name, narrow[1]->name, narrow[2]->name);
    printf("%-26s %8s %8s %8s   %8s %8s   %s\n", "", "fp32", "bf16", "int8", "bf16 x", "int8 x", "1 - cosine");
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; ++s) {
        const shape *at = shapes + s;
        float *a = floats(at->rows * at->inner), *weights = floats(at->columns * at->inner);
        float *bias = floats(at->columns), *scratch = floats(entente_product_scratch(at->inner));
        float *out[WAYS];
        void *panels[WAYS];
        for (int way = 0; way < WAYS; ++way) {
            out[way] = floats(at->rows * at->columns);
            size_t width = way ? narrow[way]->panel_columns : kernels->panel_columns;
            size_t size = way ? narrow[way]->panel_size(at->inner) : width * at->inner * sizeof(float);
            panels[way] = memory((at->columns + width - 1) / width * size);
            if (way)
                narrow[way]->pack(weights, panels[way], at->columns, at->inner);
            else
                kernels->pack(weights, panels[way], at->columns, at->inner);
        }
        double times[WAYS][ROUNDS];
        for (int round = -1; round < ROUNDS; ++round)
            for (int way = 0; way < WAYS; ++way) {
                entente_product product = {
                    .a = a, .a_stride = at->inner, .panels = panels[way], .bias = bias, .out = out[way],
                    .out_stride = at->columns, .rows = at->rows, .inner = at->inner, .columns = at->columns,
                    .activation = at->activation, .scratch = scratch,
                };
                double start = seconds();
                if (way)
                    narrow[way]->product(&product);
                else
                    kernels->product(&product);
                if (round >= 0) times[way][round] = seconds() - start;
            }
        double speed[WAYS];
        for (int way = 0; way < WAYS; ++way) {
            qsort(times[way], ROUNDS, sizeof(double), ascending);
            speed[way] = 2e-9 * (double)(at->rows * at->inner * at->columns) / times[way][ROUNDS / 2];
        }
        printf("%-26s %8.0f %8.0f %8.0f   %8.2f %8.2f   %.1e %.1e\n", at->name, speed[0], speed[1], speed[2],
               speed[1] / speed[0], speed[2] / speed[0], 1 - cosine(out[0], out[1], at->rows * at->columns),
               1 - cosine(out[0], out[2], at->rows * at->columns));
        for (int way = 0; way < WAYS; ++way) {
            free(out[way]);
            free(panels[way]);
        }
        free(a);
        free(weights);
        free(bias);
        free(scratch);
    }
    time_trunks(kernels, narrow);
}
